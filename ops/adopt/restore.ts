import { OpsError } from "../cli/fault";
import { assertConfirmed, print, printJson, table } from "../cli/output";
import { readBackup } from "./backup";
import { differsFrom, putBack } from "./put-back";
import { configValue } from "./stack-file";
import type { AdoptTask } from "./task";

/** Puts back what differs from the backup, and goes on after a failure. */
export async function restore(task: AdoptTask): Promise<void> {
  const { environment, system, json, dryRun, yes } = task;
  const backup = readBackup(task.backup, task);
  const clients = task.clientsIn(backup.region);
  const { steps, faults } = await differsFrom(backup, clients);
  const rows = steps.map(({ name, target, act }) => ({ name, target, act }));
  const unread = faults.map(({ name, target, reason }) => ({ name, target, reason }));
  if (!json && rows.length > 0) {
    print(
      table(
        ["resource", "in AWS", ""],
        rows.map(({ name, target, act }) => [name, target, act]),
      ),
    );
  }
  if (rows.length === 0 || dryRun) {
    if (unread.length > 0) throw notAll([], unread);
    if (json) return printJson({ dryRun, resources: rows });
    return print(
      rows.length === 0
        ? "Everything is as it was saved. Nothing was changed."
        : "Nothing was changed.",
    );
  }
  await assertConfirmed("Put this back?", { yes });
  const { done, failed } = await putBack(steps, clients);
  if (failed.length + unread.length > 0) throw notAll(done, [...failed, ...unread]);
  if (json) return printJson({ dryRun, resources: rows });
  const set = ["adopt", "kept", "removed"].filter(
    (key) => configValue(environment, system, key) !== undefined,
  );
  print(
    [
      "Everything is as it was saved, but for the versions that a bucket has had since.",
      "The stack still has the resources: run `pulumi refresh`. The next `up` sets again what differs.",
      ...(set.length === 0
        ? []
        : [`Still set in ${task.stack}: ${set.map((key) => `${system}:${key}`).join(", ")}.`]),
    ].join("\n"),
  );
}

function notAll(
  done: readonly { name: string }[],
  failed: readonly { name: string; target: string; reason: string }[],
): OpsError {
  const names = done.map(({ name }) => name).join(", ");
  return new OpsError(
    [
      `Put back: ${names === "" ? "nothing" : names}. Not put back:`,
      ...failed.map(({ name, target, reason }) => `  ${name} (${target}): ${reason}`),
      "Remove the reason, and run this again: it puts back what still differs.",
    ].join("\n"),
  );
}
