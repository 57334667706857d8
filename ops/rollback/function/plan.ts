import { exitCodes } from "../../../contracts/exit-codes";
import { OpsError } from "../../cli/fault";
import type { AliasState, FunctionVersion } from "../../function/live-function";

export interface FunctionPlan {
  /** What is called now. Undefined if its version was deleted, or for $LATEST. */
  from: FunctionVersion | undefined;
  to: FunctionVersion;
  /** The two differ only in their configuration. */
  isSameCode: boolean;
  /** Shares of other versions in the calls, which end. */
  shares: Record<string, number>;
  /** The alias points there already, and to nothing else. */
  isDone: boolean;
}

export interface FunctionQuestion {
  state: AliasState;
  /** The newest first. */
  versions: readonly FunctionVersion[];
  /** Number of the version to roll back to. */
  to?: string;
}

/** What a rollback of a function will do. Throws if there is nothing to roll back to. */
export function planFunctionRollback({ state, versions, to }: FunctionQuestion): FunctionPlan {
  const target = to === undefined ? versionBefore(state, versions) : named(versions, to);
  const from = versions.find(({ number }) => number === state.version);
  return {
    from,
    to: target,
    isSameCode: from !== undefined && from !== target && from.codeSha256 === target.codeSha256,
    shares: state.shares,
    isDone: target.number === state.version && Object.keys(state.shares).length === 0,
  };
}

/** Lambda does not say where an alias pointed before. A deployment moves it to the newest version, so before that it was
 *  the one below. If a newer one exists, the alias has gone back already, and to guess further would be wrong. */
function versionBefore(
  { version }: AliasState,
  versions: readonly FunctionVersion[],
): FunctionVersion {
  const [newest] = versions;
  const before = versions.find(({ number }) => version !== undefined && number < version);
  const fault =
    version === undefined || newest === undefined
      ? "The alias points to $LATEST, which is no version."
      : newest.number > version
        ? `The alias points to version ${version}, and version ${newest.number} is newer: it was rolled back already, or version ${newest.number} has not passed its check.`
        : before === undefined
          ? `There is no version before ${version}.`
          : undefined;
  if (before !== undefined && fault === undefined) return before;
  throw new OpsError(
    `${fault ?? ""} Nothing was changed. To choose a version: --to NUMBER.\n${listVersions(versions)}`,
    exitCodes.configuration,
  );
}

function named(versions: readonly FunctionVersion[], to: string): FunctionVersion {
  const found = versions.find(({ number }) => String(number) === to);
  if (found !== undefined) return found;
  throw new OpsError(
    `There is no version "${to}". Nothing was changed. The versions:\n${listVersions(versions)}`,
    exitCodes.configuration,
  );
}

const listVersions = (versions: readonly FunctionVersion[]): string =>
  versions
    .slice(0, 10)
    .map(({ number, publishedAt }) => `  ${number}  published ${publishedAt.toISOString()}`)
    .join("\n");
