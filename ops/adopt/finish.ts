import { isDeepStrictEqual } from "node:util";
import type { Entry } from "../../contracts/adoption";
import { OpsError } from "../cli/fault";
import { assertConfirmed, print, printJson, table } from "../cli/output";
import { readBackup } from "./backup";
import { assertImported, deployedResources, foreignEntries, keptValue } from "./deployed";
import { assertAllRead, inspect, type Target } from "./inspect";
import type { Clients } from "./inspectors";
import { adoptedIn, configValue, editConfig } from "./stack-file";
import type { AdoptTask } from "./task";

type Kept = Record<string, unknown[]>;

/** Writes what exists besides the program's own into the configuration, and ends the adoption. Later again, when somebody
 *  has added or changed something that is to stay. */
export async function finish(task: AdoptTask): Promise<void> {
  const { environment, system, stack, local, json, dryRun, yes } = task;
  const clients = task.clientsIn(task.region);
  const adopt = adoptedIn(environment, system) ?? [];
  const deployed = await deployedResources(environment, system, { local });
  assertImported(adopt, deployed);
  if (adopt.length > 0) await assertNothingNew(task, deployed, clients);
  const foreign = await foreignEntries(deployed, clients);
  const before = (configValue(environment, system, "kept") ?? {}) as Kept;
  const found = Object.fromEntries(
    Object.entries(foreign).map(([name, entries]) => [name, entries.map(keptValue)]),
  );
  // Of a resource that is not deployed, what was written stays.
  const kept = Object.fromEntries(
    Object.entries({ ...before, ...found }).filter(([, entries]) => entries.length > 0),
  );
  if (!json) print(describe(foreign, deployed, lost(before, found)));
  const isDone = adopt.length === 0 && isDeepStrictEqual(before, kept);
  if (dryRun || isDone) {
    return json ? printJson({ dryRun, kept }) : print("Nothing was changed.");
  }
  const end = adopt.length === 0 ? "" : `, and remove ${system}:adopt`;
  await assertConfirmed(`Write this to ${stack}${end}?`, { yes });
  editConfig(environment, system, {
    adopt: undefined,
    kept: Object.keys(kept).length === 0 ? undefined : kept,
  });
  if (json) return printJson({ dryRun, kept });
  print(
    `Next: the preview of \`up --refresh\` shows what is set. To remove something, delete it from ${system}:kept and name it in ${system}:removed, as "resource/entry".`,
  );
}

/** The next update would create a part that exists by now, over what is in it. */
async function assertNothingNew(
  task: AdoptTask,
  deployed: readonly Target[],
  clients: Clients,
): Promise<void> {
  const { resources } = readBackup(task.backup, task);
  const waiting = resources.filter(({ name }) => !deployed.some((one) => one.name === name));
  const { found, faults } = await inspect(waiting, clients);
  assertAllRead(faults);
  const names = found.filter(({ existing }) => existing !== undefined).map(({ name }) => name);
  if (names.length === 0) return;
  throw new OpsError(
    `Not imported, but there: ${names.join(", ")}. Run \`ops adopt\` again, which takes them in, and then \`up\`. Nothing was changed.`,
  );
}

/** What was kept, and is not there any more. */
const lost = (before: Kept, found: Kept): [string, unknown][] =>
  Object.entries(before).flatMap(([name, entries]) =>
    entries
      .filter((entry) => found[name]?.every((one) => !isDeepStrictEqual(one, entry)))
      .map((entry): [string, unknown] => [name, entry]),
  );

function describe(
  foreign: Readonly<Record<string, readonly Entry[]>>,
  deployed: readonly Target[],
  gone: [string, unknown][],
): string {
  const all = Object.entries(foreign).flatMap(([name, entries]) =>
    entries.map((entry) => ({ name, ...entry })),
  );
  const rows = all.map((entry) => [entry.name, JSON.stringify(keptValue(entry))]);
  const queues = deployed
    .filter(({ type }) => type === "aws:sqs/queue:Queue")
    .map(({ inputs }) => `:${String(inputs.name)}`);
  const instead = all
    .filter(({ value }) => queues.some((end) => String(value.queueArn).endsWith(end)))
    .map(
      ({ name, id }) =>
        `${name}/${id} is kept instead of the program's own, if that differs. To have the program's, delete it from \`kept\` and name it in \`removed\`.`,
    );
  return [
    all.length === 0 ? "There is nothing to keep." : table(["resource", "is kept"], rows),
    ...instead,
    ...gone.map(
      ([name, entry]) =>
        `Not there in this form any more, and so not kept: ${name} ${JSON.stringify(entry)}`,
    ),
  ].join("\n");
}
