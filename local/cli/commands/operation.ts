import { availableParallelism } from "node:os";
import { InvalidArgumentError, type Command } from "commander";
import { forStack } from "../stack-options";
import type { SelectionOptions } from "../../decide/selection";
import { CommandError, exitCodes } from "../exit";
import type { ProgramVerb } from "../run-verb";

const descriptions: Record<ProgramVerb, string> = {
  up: "Show what would change, ask, and deploy the program",
  preview: "Show what would change; change nothing",
  refresh: "Read every resource from the cloud and write the differences to the state",
  destroy: "Delete everything in the stack",
};

/** More than the number of CPUs, because steps mostly wait for the cloud. */
const defaultParallel = Math.max(16, availableParallelism() * 4);

const list = (value: string, previous: string[] = []) => [...previous, value];

function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError("It must be a whole number from 1.");
  }
  return number;
}

interface Flags {
  stack: string;
  directory: string;
  policyPack?: string[];
  policyPackConfig?: string[];
  previewOnly?: boolean;
  skipPreview?: boolean;
  expectNoChanges?: boolean;
  refresh?: boolean;
  clearPendingCreates?: boolean;
  json?: boolean;
  yes?: boolean;
  diff?: boolean;
  showSames?: boolean;
  parallel: number;
  target?: string[];
  targetDependents?: boolean;
  exclude?: string[];
  excludeDependents?: boolean;
  replace?: string[];
  targetReplace?: string[];
}

/** Throws if the flags contradict each other. */
function selectionOf(flags: Flags): SelectionOptions {
  const { target = [], exclude = [], replace = [], targetReplace = [] } = flags;
  const targets = [...target, ...targetReplace];
  const faults = [
    ...(targets.length > 0 && exclude.length > 0
      ? ["--target and --exclude contradict each other: pass one of them"]
      : []),
    ...(flags.targetDependents === true && targets.length === 0
      ? ["--target-dependents needs a --target"]
      : []),
    ...(flags.excludeDependents === true && exclude.length === 0
      ? ["--exclude-dependents needs an --exclude"]
      : []),
  ];
  if (faults.length > 0) throw new CommandError(faults.join("\n"), exitCodes.configuration);
  return {
    ...(targets.length > 0 ? { targets } : {}),
    targetDependents: flags.targetDependents,
    excludes: exclude,
    excludeDependents: flags.excludeDependents,
    replaces: [...replace, ...targetReplace],
  };
}

/** What the flags are that are not given. */
export const operationDefaults = {
  policyPack: [],
  policyPackConfig: [],
  previewOnly: false,
  skipPreview: false,
  expectNoChanges: false,
  refresh: false,
  clearPendingCreates: false,
  json: false,
  yes: false,
  diff: false,
  showSames: false,
  parallel: defaultParallel,
  selection: {},
};

export function addOperation(
  program: Command,
  verb: ProgramVerb,
  done: (code: number) => void,
): void {
  const command = forStack(program.command(verb))
    .description(descriptions[verb])
    .option("-p, --parallel <count>", "steps at the same time", positive, defaultParallel)
    .option("-t, --target <urn>", "only this resource (can be repeated)", list)
    .option("--target-dependents", "and what depends on the targets")
    .option("--exclude <urn>", "all but this resource (can be repeated)", list)
    .option("--exclude-dependents", "and what depends on the excluded resources stays as it is")
    .option("--diff", "show changes property by property")
    .option("--show-sames", "show resources that do not change, too")
    .option("--json", "print the result as one JSON document on stdout")
    .option("--expect-no-changes", "exit with code 7 if anything differs");
  if (verb === "up" || verb === "preview") {
    command
      .option("--replace <urn>", "replace this resource (can be repeated)", list)
      .option("--target-replace <urn>", "the same as --target and --replace", list)
      .option("--policy-pack <folder>", "check with this policy pack (can be repeated)", list)
      .option(
        "--policy-pack-config <file>",
        "configuration of the policy pack at the same position",
        list,
      )
      .option("-r, --refresh", "refresh the state first");
  }
  if (verb === "refresh") {
    command.option(
      "--clear-pending-creates",
      "remove the pending creates of interrupted runs from the state; first check in the cloud whether the resources exist",
    );
  }
  if (verb !== "preview") {
    command
      .option("-y, --yes", "do not ask")
      .option("--preview-only", "show what would change; change nothing")
      .option("-f, --skip-preview", "change without a preview");
  }
  command.action(async (flags: Flags) => {
    // Loaded only here: loading the engine takes longer than parsing the command line.
    const { runVerb } = await import("../run-verb");
    done(
      await runVerb(verb, {
        ...operationDefaults,
        ...flags,
        selection: selectionOf(flags),
      }),
    );
  });
}
