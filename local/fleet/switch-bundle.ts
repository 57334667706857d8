import { switchBundleParameters, switchedStartSeconds } from "../../contracts/release";
import type { BundleLocation } from "./fetch-bundle";
import type { Machine } from "./machine";
import type { ScriptResult } from "./script-result";
import { saysStarted, stoppedIn } from "./worker-events";

/** What the script of the switch-bundle document does: fetches and verifies before it stops anything, and puts the
 *  former bundle back when the worker does not start. */
export async function switchBundle(
  machine: Machine,
  parameters: Record<string, string[]>,
  timeoutMs = switchedStartSeconds * 1000,
): Promise<ScriptResult> {
  const key = parameters[switchBundleParameters.key]?.[0] ?? "";
  const sha256 = parameters[switchBundleParameters.sha256]?.[0] ?? "";
  const graceMs = Number(parameters[switchBundleParameters.grace]?.[0]) * 1000;
  const former = await machine.environment.bundle();
  const wanted: BundleLocation = { bucket: former.bucket, key, sha256 };

  const refusal = await machine.refusal(wanted);
  if (refusal !== undefined) return failure(`The bundle was not fetched: ${refusal}`);
  if (former.sha256 === sha256 && machine.pid !== undefined) {
    return success(`The worker runs the bundle ${sha256} already.`);
  }
  const said: string[] = [];
  const limits = { graceMs, timeoutMs, said };
  if (await starts(machine, wanted, limits)) {
    return success(...said, `The worker runs the bundle ${sha256}.`);
  }
  const isBack = await starts(machine, former, limits);
  return failure(
    `The worker did not start with the bundle ${sha256}. The former bundle ${former.sha256} is back, and its worker ` +
      (isBack ? "works." : "does not start either."),
  );
}

const success = (...sentences: string[]): ScriptResult => ({
  exitCode: 0,
  stdout: sentences.map((sentence) => `${sentence}\n`).join(""),
  stderr: "",
});

const failure = (sentence: string): ScriptResult => ({
  exitCode: 1,
  stdout: "",
  stderr: `${sentence}\n`,
});

/** Restarts the worker with a bundle. Resolves to whether it says that it works, before it ends or the time is over. */
async function starts(
  machine: Machine,
  bundle: BundleLocation,
  { graceMs, timeoutMs, said }: { graceMs: number; timeoutMs: number; said: string[] },
): Promise<boolean> {
  await machine.environment.setBundle(bundle);
  const { worker } = machine;
  const grace = setTimeout(() => {
    if (!machine.abortWork()) return;
    said.push(`Work that took longer than ${graceMs / 1000} s is cut short and released.`);
  }, graceMs);
  return new Promise((resolve) => {
    let isNew = false;
    let timer: NodeJS.Timeout | undefined;
    const waitForStart = () => (timer ??= setTimeout(() => settle(false), timeoutMs));
    const began = () => {
      isNew = true;
      waitForStart();
    };
    const line = (text: string) => {
      if (isNew && saysStarted(text)) settle(true);
      const stopped = isNew ? undefined : stoppedIn(text);
      if (stopped !== undefined) said.push(stopped);
    };
    const ended = () => {
      clearTimeout(grace);
      if (isNew) settle(false);
      else waitForStart();
    };
    const settle = (works: boolean) => {
      clearTimeout(timer);
      worker.off("began", began).off("line", line).off("ended", ended);
      resolve(works);
    };
    worker.on("began", began).on("line", line).on("ended", ended);
    void machine.restart();
  });
}
