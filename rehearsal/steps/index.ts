import { alarm } from "./alarm";
import { deploy, repeat } from "./deploy";
import { counted, processed, upload } from "./files";
import { drift, refusal, repair } from "./guard";
import { fix, gate, rollback } from "./release";
import { search } from "./search";
import { start, webhook } from "./start";
import type { Step } from "./step";

/** In this order: each step uses the results of the earlier ones. */
export const steps: readonly Step[] = [
  start,
  webhook,
  deploy,
  upload,
  processed,
  counted,
  search,
  alarm,
  drift,
  repair,
  refusal,
  gate,
  rollback,
  fix,
  repeat,
];
