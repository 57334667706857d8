import { exitCodes } from "../../contracts/exit-codes";
import type { ReleaseHold } from "../../contracts/release";
import { shortHash } from "../../contracts/release";
import {
  isActive,
  ReleaseHistory,
  type Refresh,
  type Version,
} from "../../contracts/release-history";
import { OpsError } from "../cli/fault";
import type { GroupState, Machine } from "../fleet/group";

/** A version that carries a bundle. */
export type Release = Version & { bundle: string };

export interface PlannedMachine extends Machine {
  /** "switch": in place. "replace": terminated, because no agent answers. "keep": it was launched with the right bundle
   *  and its agent does not answer yet. */
  how: "switch" | "replace" | "keep";
}

export interface RollbackPlan {
  /** What machines to come would run without this rollback. */
  from: Version;
  to: Release;
  /** Whether `to` is known to be good: it was released to all machines and not rolled back. */
  isKnownGood: boolean;
  /** The bundle that is held from now on. Undefined if the group has been rolled back already. */
  hold: string | undefined;
  /** The instance refresh that is cancelled. */
  cancels: Refresh | undefined;
  /** Whether the group gets another version. */
  setsVersion: boolean;
  machines: PlannedMachine[];
}

export interface PlanQuestion {
  state: GroupState;
  held: ReleaseHold;
  online: ReadonlySet<string>;
  /** First digits of the bundle to roll back to. */
  to?: string;
  /** Ids of the only machines to switch. Then neither the group nor the hold is changed. */
  machines?: readonly string[];
}

/** What a rollback will do. Throws if there is nothing to roll back to. */
export function planRollback({ state, held, online, to, machines }: PlanQuestion): RollbackPlan {
  const current = state.versions.find(({ number }) => number === state.current);
  if (current === undefined) {
    throw new OpsError(`The group's version ${state.current} is no version of its template.`);
  }
  const target = to === undefined ? defaultTarget(state, current, held) : named(state, held, to);
  const only = machines === undefined ? undefined : assertMachines(state, machines);
  const isSame = current.bundle === target.bundle;
  return {
    from: current,
    to: target,
    isKnownGood: new ReleaseHistory(state).isGood(target, new Date()),
    hold: isSame || only !== undefined ? undefined : current.bundle,
    cancels: only === undefined ? state.refreshes.find(isActive) : undefined,
    setsVersion: !isSame && only === undefined,
    machines: state.machines
      .filter(({ id }) => only?.includes(id) ?? true)
      .map((machine) => ({
        ...machine,
        how: howToSwitch(machine, online, target, state.versions),
      })),
  };
}

/** Also for a machine that came up after the plan was made. */
export function howToSwitch(
  { id, version }: Machine,
  online: ReadonlySet<string>,
  { bundle }: Release,
  versions: readonly Version[],
): PlannedMachine["how"] {
  if (online.has(id)) return "switch";
  const launchedWith = versions.find(({ number }) => number === version)?.bundle;
  return launchedWith === bundle ? "keep" : "replace";
}

/** The last version before the current one that is known to be good and carries another bundle. If the group has been
 *  rolled back before, the version that it was rolled back to: the rollback is repeated. */
function defaultTarget(state: GroupState, current: Version, held: ReleaseHold): Release {
  if (isRelease(current) && held.some(({ runs }) => runs === current.bundle)) return current;
  const history = new ReleaseHistory(state);
  const bad = [current.bundle, ...held.map(({ bundle }) => bundle)];
  const good = newestFirst(state)
    .filter(isRelease)
    .find(
      (version) =>
        version.number < current.number &&
        !bad.includes(version.bundle) &&
        history.isGood(version, new Date()),
    );
  if (good !== undefined) return good;
  throw new OpsError(
    `No version before ${current.number} is known to be good. Choose a bundle with --to:\n${listBundles(state)}`,
  );
}

function named(state: GroupState, held: ReleaseHold, to: string): Release {
  const found = newestFirst(state)
    .filter(isRelease)
    .filter(({ bundle }) => bundle.startsWith(to.toLowerCase()));
  const [target] = found;
  const fault =
    target === undefined
      ? `No version of the launch template carries a bundle ${to}. Bundles:\n${listBundles(state)}`
      : found.some(({ bundle }) => bundle !== target.bundle)
        ? `More than one bundle begins with ${to}; give more digits. Bundles:\n${listBundles(state)}`
        : undefined;
  if (target === undefined || fault !== undefined) {
    throw new OpsError(fault ?? "", exitCodes.configuration);
  }
  if (held.some(({ bundle }) => bundle === target.bundle)) {
    throw new OpsError(
      `The bundle ${shortHash(target.bundle)} was rolled back and is held. Lift its hold first: ops release-hold lift … ${shortHash(target.bundle)}`,
      exitCodes.configuration,
    );
  }
  return target;
}

function assertMachines({ machines }: GroupState, ids: readonly string[]): readonly string[] {
  const known = machines.map(({ id }) => id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length === 0) return ids;
  throw new OpsError(
    `Not in the group: ${unknown.join(", ")}. Its machines are: ${known.join(", ") || "none"}.`,
    exitCodes.configuration,
  );
}

const isRelease = (version: Version): version is Release => version.bundle !== undefined;

const newestFirst = ({ versions }: GroupState): Version[] =>
  [...versions].sort((a, b) => b.number - a.number);

const listBundles = (state: GroupState): string =>
  newestFirst(state)
    .filter(isRelease)
    .slice(0, 10)
    .map(
      ({ number, bundle, createdAt }) =>
        `  ${shortHash(bundle)}  version ${number}, ${createdAt.toISOString()}`,
    )
    .join("\n");
