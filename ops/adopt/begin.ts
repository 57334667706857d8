import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { isAdoptable } from "../../contracts/adoption";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";
import { assertConfirmed, print, printJson, table } from "../cli/output";
import { readBackup, writeBackup, type Backup } from "./backup";
import { deployedResources } from "./deployed";
import { differences } from "./differences";
import { assertAllRead, inspect, type Found } from "./inspect";
import { plannedResources } from "./planned";
import { adoptedIn, editConfig } from "./stack-file";
import type { AdoptTask } from "./task";

type Saved = Backup["resources"][number];

/** Saves what exists, and has the next `up` import it. Again, as long as not everything is imported: somebody may have
 *  created or removed something since. */
export async function begin(task: AdoptTask): Promise<void> {
  const { environment, system, accountId, region, stack, backup, json, dryRun, yes } = task;
  if (!existsSync(dirname(backup))) {
    throw new OpsError(
      `There is no folder ${dirname(backup)} for the backup. Name another file with --backup.`,
      exitCodes.configuration,
    );
  }
  const candidates = await candidatesOf(task);
  const { found, faults } = await inspect(candidates.open, task.clientsIn(region));
  assertAllRead(faults);
  const existing = found.filter((one) => one.existing !== undefined).map(({ name }) => name);
  if (existing.length === 0) assertWaiting(task, candidates);
  const adopt = [...candidates.imported.map(({ name }) => name), ...existing];
  const result = { dryRun, adopt, backup, accountId, region, resources: found };
  if (!json) print(describe(found));
  if (adopt.length === 0) {
    if (json) return printJson(result);
    const place = `account ${accountId}, region ${region}`;
    return print(nothingFound(place, found.length, candidates.inState));
  }
  if (dryRun) return json ? printJson(result) : print("Nothing was changed.");
  // Before a person is asked: whether a file of this name may be moved.
  if (existsSync(backup)) readBackup(backup, task);
  await assertConfirmed(`Save them to ${backup}, and set ${system}:adopt in ${stack}?`, { yes });
  const moved = writeBackup(backup, {
    ...{ environment, system, accountId, region, at: new Date().toISOString() },
    resources: [...candidates.imported, ...found],
  });
  editConfig(environment, system, { adopt });
  if (json) return printJson(result);
  const up = `pulumi up -s ${environment} -C systems/${system}`;
  const next: [string, string][] = [
    [up, `imports ${adopt.length} resources and changes nothing of them`],
    [task.finishCommand, "keeps what the program does not know"],
    [`${up} --refresh`, "sets what differs. Its preview shows it first"],
  ];
  const width = Math.max(...next.map(([command]) => command.length));
  print(
    [
      `Saved to ${backup}. ${system}:adopt is set in ${stack}.`,
      ...(moved === undefined ? [] : [`The backup that was there is ${moved} now.`]),
      "Next:",
      ...next.map(([command, says]) => `  ${command.padEnd(width)}   ${says}`),
    ].join("\n"),
  );
}

interface Candidates {
  /** What a former run has written into `adopt`. */
  former: readonly string[];
  /** Those that the next `up` would create or import. */
  open: readonly { name: string; type: string; inputs: Record<string, unknown> }[];
  /** Those of a former run that are in the stack by now. */
  imported: Saved[];
  /** How many resources the stack has. */
  inState: number;
}

async function candidatesOf(task: AdoptTask): Promise<Candidates> {
  const { environment, system, local } = task;
  const adopt = adoptedIn(environment, system);
  if (adopt === undefined) {
    const planned = await plannedResources(environment, system, { local });
    const open = planned.filter(({ op, urn }) => op === "create" && isAdoptable(urn));
    return { former: [], open, imported: [], inState: planned.length - open.length };
  }
  // While it is set, the program plans only what it imports. What could exist is in the backup.
  const { resources } = readBackup(task.backup, task);
  const deployed = await deployedResources(environment, system, { local }).catch(
    (error: OpsError) => {
      if (error.exitCode === exitCodes.stackNotFound) return [];
      throw error;
    },
  );
  const isDeployed = ({ name }: Saved) => deployed.some((one) => one.name === name);
  const unknown = adopt.filter((name) => !resources.some((saved) => saved.name === name));
  if (unknown.length > 0) {
    throw new OpsError(
      `${system}:adopt in ${task.stack} names ${unknown.join(", ")}, which ${task.backup} does not have. Remove what is wrong there. Nothing was changed.`,
      exitCodes.configuration,
    );
  }
  return {
    former: adopt,
    open: resources.filter((saved) => !isDeployed(saved)),
    imported: resources.filter(
      (saved) => isDeployed(saved) && (saved.existing !== undefined || adopt.includes(saved.name)),
    ),
    inState: deployed.length,
  };
}

/** Throws if a former run has found everything that exists, and all of it is imported. */
function assertWaiting(
  { system, stack, finishCommand }: AdoptTask,
  { former, imported }: Candidates,
): void {
  const isImported = (name: string) => imported.some((saved) => saved.name === name);
  if (former.length === 0 || !former.every(isImported)) return;
  throw new OpsError(
    `${system}:adopt is set already in ${stack}, and all of it is imported. Next: \`${finishCommand}\`.`,
    exitCodes.configuration,
  );
}

function nothingFound(place: string, looked: number, inState: number): string {
  if (looked === 0) {
    return `Nothing to adopt: every queue and bucket of the program is in the stack already (${inState} resources). Nothing was changed.`;
  }
  const none = `None of these exists in ${place}: \`up\` creates them. If they should exist, check the account, --region and the stack.`;
  return inState === 0
    ? none
    : `${none} The stack has ${inState} other resources already. Nothing was changed.`;
}

const describe = (found: readonly Found[]): string =>
  table(
    ["resource", "in AWS", "exists", "differs in"],
    found.map((one) => [
      one.name,
      one.target,
      one.existing === undefined ? "no" : "yes",
      one.existing === undefined ? whenCreated(one, found) : differences(one).join("\n"),
    ]),
  );

/** A part of a bucket that is adopted waits. */
function whenCreated({ target, type }: Found, found: readonly Found[]): string {
  const isPart = found.some(
    (one) => one.target === target && one.type !== type && one.existing !== undefined,
  );
  return `created by the ${isPart ? "second" : "first"} update`;
}
