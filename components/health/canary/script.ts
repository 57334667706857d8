import { askApi } from "../ask-api";
import type { ApiProbe } from "../../../contracts/api-probe";
import { probedApisSchema, probedApisVariable } from "../probed-apis";
import { canarySteps } from "./steps";

/** What we use of the library that the Synthetics runtime has. Source: CloudWatch guide, "Library functions available for
 *  Node.js canary". */
interface Synthetics {
  executeStep(name: string, work: () => Promise<void>): Promise<void>;
}

/** Only the runtime has it. A name that is not written in the call is not bundled. */
const library = "@aws/synthetics-core";
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { synthetics } = require(library) as { synthetics: Synthetics };

/** The canary's entry: each probe is a step, with a success metric of its own. Rejects if one failed. */
export async function handler(): Promise<void> {
  const apis = probedApisSchema.parse(JSON.parse(process.env[probedApisVariable] ?? "{}"));
  const failures: unknown[] = [];
  // One after the other: the runtime reports one step at a time.
  for (const { health, workPath } of Object.values(apis)) {
    for (const [name, probe] of [
      [canarySteps.health, health],
      [canarySteps.workPath, workPath],
    ] as const) {
      await synthetics
        .executeStep(name, () => expectAnswer(probe))
        .catch((error: unknown) => failures.push(error));
    }
  }
  if (failures.length > 0) throw new Error(failures.map(String).join("; "));
}

async function expectAnswer(probe: ApiProbe): Promise<void> {
  const { ok, status, error } = await askApi(probe);
  if (!ok) throw new Error(`${probe.method} ${probe.url}: ${error ?? `it answered ${status}`}`);
}
