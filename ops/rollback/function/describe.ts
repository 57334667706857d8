import { table } from "../../cli/output";
import type { AliasedFunction } from "../../estate/function-of";
import type { AliasState, Check, FunctionVersion } from "../../function/live-function";
import type { FunctionPlan } from "./plan";

export interface FunctionSubject {
  environment: string;
  system: string;
  /** Physical name. */
  functionName: string;
  alias: string;
}

const nameOf = (version: FunctionVersion | undefined): string =>
  version === undefined
    ? "a version that is not listed"
    : `version ${version.number}, published ${version.publishedAt.toISOString()}`;

export function describeFunctionPlan(
  { from, to, isSameCode, shares, isDone }: FunctionPlan,
  check: Check,
  { environment, system, functionName, alias }: FunctionSubject,
): string {
  if (isDone) {
    return `The alias "${alias}" of ${functionName} points to version ${to.number} already. Nothing was changed.`;
  }
  const lines = [
    `Rollback of ${functionName} (${system} ${environment}, alias "${alias}")`,
    `  from  ${nameOf(from)}`,
    `  to    ${nameOf(to)}`,
    check.answers ? "  It answers the check." : `  It does not answer the check: ${check.fault}`,
    ...(isSameCode ? ["  Both have the same code: only the configuration differs."] : []),
    ...Object.entries(shares).map(
      ([version, share]) =>
        `  Version ${version} gets ${Math.round(share * 100)} % of the calls now: that ends.`,
    ),
    "",
  ];
  return lines.join("\n");
}

export function describeFunctionResult(
  { from, to }: FunctionPlan,
  { functionName, alias, seconds, by, at }: FunctionSubject & Moved,
): string {
  const former = from === undefined ? "the former version" : `version ${from.number}`;
  return [
    `Rolled back in ${seconds.toFixed(1)} s: the alias "${alias}" of ${functionName} calls version ${to.number}. Calls of ${former} that are under way end there.`,
    "",
    `The state of Pulumi still names ${former}. \`up\` of the same code changes nothing; \`up --refresh\` of the same code would move the alias to ${former} again, because nothing holds it. Deploy repaired code: it becomes a new version, and is called when it has passed its check.`,
    `Audit: ${at} ${by} ops rollback: ${functionName} alias ${alias} from ${former} to version ${to.number}`,
  ].join("\n");
}

export interface Moved {
  seconds: number;
  by: string;
  at: string;
}

/** For somebody who has to choose: what runs, and since when. */
export const listFunctions = (
  functions: readonly (AliasedFunction & { state: AliasState; versions: FunctionVersion[] })[],
): string =>
  table(
    ["function", "version", "published", "before"],
    functions.map(({ key, state, versions }) => {
      const current = versions.find(({ number }) => number === state.version);
      const before = versions.find(({ number }) => number < (state.version ?? 0));
      return [
        key,
        String(state.version ?? "$LATEST"),
        current?.publishedAt.toISOString() ?? "",
        before === undefined ? "" : String(before.number),
      ];
    }),
  );
