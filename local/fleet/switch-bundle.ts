import { switchBundleParameters } from "../../contracts/release";
import type { BundleLocation } from "./fetch-bundle";
import type { Machine } from "./machine";
import type { ScriptResult } from "./script-result";
import { saysStarted } from "./worker-events";

/** How long the script waits until the worker says that it works. */
const startTimeoutMs = 60_000;

/** What the script of the switch-bundle document does: fetches and verifies before it stops anything, and puts the
 *  former bundle back when the worker does not start. */
export async function switchBundle(
  machine: Machine,
  parameters: Record<string, string[]>,
  timeoutMs = startTimeoutMs,
): Promise<ScriptResult> {
  const key = parameters[switchBundleParameters.key]?.[0] ?? "";
  const sha256 = parameters[switchBundleParameters.sha256]?.[0] ?? "";
  const former = await machine.environment.bundle();
  const wanted: BundleLocation = { bucket: former.bucket, key, sha256 };

  const refusal = await machine.refusal(wanted);
  if (refusal !== undefined) return failure(`The bundle was not fetched: ${refusal}`);
  if (await starts(machine, wanted, timeoutMs)) {
    return { exitCode: 0, stdout: `The worker runs the bundle ${sha256}.\n`, stderr: "" };
  }
  const isBack = await starts(machine, former, timeoutMs);
  return failure(
    `The worker did not start with the bundle ${sha256}. The former bundle ${former.sha256} is back, and its worker ` +
      (isBack ? "works." : "does not start either."),
  );
}

const failure = (sentence: string): ScriptResult => ({
  exitCode: 1,
  stdout: "",
  stderr: `${sentence}\n`,
});

/** Restarts the worker with a bundle. Resolves to whether it says that it works, before it ends or the time is over. */
async function starts(
  machine: Machine,
  bundle: BundleLocation,
  timeoutMs: number,
): Promise<boolean> {
  await machine.environment.setBundle(bundle);
  const { worker } = machine;
  return new Promise((resolve) => {
    let isNew = false;
    const began = () => (isNew = true);
    const line = (text: string) => {
      if (isNew && saysStarted(text)) settle(true);
    };
    const ended = () => {
      if (isNew) settle(false);
    };
    const timer = setTimeout(() => settle(false), timeoutMs);
    const settle = (works: boolean) => {
      clearTimeout(timer);
      worker.off("began", began).off("line", line).off("ended", ended);
      resolve(works);
    };
    worker.on("began", began).on("line", line).on("ended", ended);
    void machine.restart();
  });
}
