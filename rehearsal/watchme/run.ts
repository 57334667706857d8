import type { Feature } from "../../contracts/watchme";
import type { Step } from "../steps/step";
import type { Deployed, SystemRun } from "../system-run";
import type { ApiHost } from "./api-host";
import type { FakeApi } from "./fake-api";

/** The results that the steps of watchme record. */
interface WatchmeResults extends Deployed {
  apis: Record<Feature, FakeApi>;
  host: ApiHost;
  recordings: number;
  analysed: number;
}

export type WatchmeRun = SystemRun<WatchmeResults>;
export type WatchmeStep = Step<WatchmeResults>;
