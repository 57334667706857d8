import { shortHash } from "../../contracts/release";
import type { Version } from "../../contracts/release-history";
import { table } from "../cli/output";
import type { MachineResult } from "./carry-out";
import type { PlannedMachine, RollbackPlan } from "./plan";

interface Subject {
  environment: string;
  system: string;
  group: string;
  graceSeconds: number;
}

const nameOf = ({ number, bundle }: Version): string =>
  bundle === undefined ? `version ${number}` : `${shortHash(bundle)} (version ${number})`;

const plannedAs: Record<PlannedMachine["how"], string> = {
  switch: "switch in place",
  replace: "replace: its Systems Manager agent does not answer",
  keep: "keep: it was launched with this bundle",
};

export function describePlan(plan: RollbackPlan, subject: Subject): string {
  const { from, to, machines } = plan;
  const lines = [
    `Rollback of ${subject.system} ${subject.environment} (${subject.group})`,
    from.number === to.number
      ? `  to    ${nameOf(to)}, which machines to come use already`
      : `  from  ${nameOf(from)}\n  to    ${nameOf(to)}`,
    ...(plan.isKnownGood
      ? []
      : ["  This version is not known to be good: no release of it reached all machines."]),
    ...(plan.cancels === undefined
      ? []
      : [`  cancels the instance refresh that is ${plan.cancels.status}`]),
    ...(plan.hold === undefined
      ? []
      : [
          `  \`up\` will refuse ${shortHash(plan.hold)} until the code changes or the hold is lifted`,
        ]),
    `  Running work has ${subject.graceSeconds} s to finish. Then it is released, and done again later.`,
    "",
    machines.length === 0
      ? "The group has no machine now."
      : table(
          ["machine", "state", "launched from", "rollback"],
          machines.map(({ id, state, version, how }) => [
            id,
            state,
            version === undefined ? "" : `version ${version}`,
            plannedAs[how],
          ]),
        ),
    "",
  ];
  return lines.join("\n");
}

export function describeResult(
  plan: RollbackPlan,
  results: readonly MachineResult[],
  { environment, system, seconds }: Subject & { seconds: number },
): string {
  const failed = results.filter(({ ok }) => !ok);
  const bundle = shortHash(plan.to.bundle);
  const runs: Record<PlannedMachine["how"], string> = {
    switch: bundle,
    replace: `replaced, with ${bundle}`,
    keep: bundle,
  };
  const name = `${environment} ${system}`;
  const lines = [
    "",
    table(
      ["machine", "runs", ""],
      results.map(({ id, how, ok, says }) => [id, ok ? runs[how] : "not switched", says]),
    ),
    "",
    failed.length === 0
      ? `Rolled back to ${nameOf(plan.to)} in ${seconds.toFixed(1)} s: ${results.length} machine${results.length === 1 ? "" : "s"}.`
      : `${failed.length} of ${results.length} machines were not switched. Try these again: ops rollback ${name} --to ${bundle} --machine ${failed.map(({ id }) => id).join(" ")}`,
    ...(plan.hold === undefined
      ? []
      : [
          `\`up\` refuses ${shortHash(plan.hold)} now. To lift that: ops release-hold lift ${name} ${shortHash(plan.hold)}`,
        ]),
  ];
  return lines.join("\n");
}
