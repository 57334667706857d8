import { isDrained, ownQueue, type GuardedBreaker } from "./step";

/** A mapping as Lambda has it. */
export interface LiveMapping {
  /** "Enabled", "Disabled", "Disabling" … Source: Lambda API, GetEventSourceMapping. */
  state: string;
  maximumConcurrency: number | undefined;
  /** Whether it has pollers of its own. Lambda then allows no maximum concurrency. */
  isProvisioned: boolean;
}

export interface ConfiguredMapping {
  uuid: string;
  maximumConcurrency?: number;
  after: string[];
  standby: boolean;
}

export interface MappingUpdate {
  enabled?: boolean;
  /** "unlimited" removes the limit. */
  maximumConcurrency?: number | "unlimited";
}

type Mark = GuardedBreaker["mappings"][string] | undefined;

export interface Plan {
  /** What to remember before the update, so that a call that ends in the middle leaves nothing disabled that is not known to
   *  be ours. */
  before: Mark;
  update?: MappingUpdate;
  /** What to remember once Lambda has accepted the update. */
  after: Mark;
  /** Whether somebody else disabled or deleted it. It is left alone. */
  disabledByOthers: boolean;
}

/** The lowest maximum concurrency that Lambda allows. Source: Lambda guide, "Configuring maximum concurrency". */
const lowestConcurrency = 2;

const isOff = ({ state }: LiveMapping): boolean => state === "Disabled" || state === "Disabling";

/** Whether no new message is delivered any more. */
export const hasStopped = (live: LiveMapping | undefined): boolean =>
  live === undefined || live.state === "Disabled";

const leave = (mark: Mark): Plan => ({ before: mark, after: mark, disabledByOthers: false });
const forget = (disabledByOthers: boolean): Plan => ({
  before: undefined,
  after: undefined,
  disabledByOthers,
});

/** What to do about a mapping, from what the breaker wants, what this function did to it, and what Lambda has. */
export function planMapping(
  breaker: GuardedBreaker,
  mapping: ConfiguredMapping,
  live: LiveMapping | undefined,
): Plan {
  const mark = breaker.mappings[mapping.uuid];
  if (live === undefined) return forget(true);
  // Marked, so that it is enabled when it need not wait any more, also by another stage of a migration.
  if (mustWait(breaker, mapping, live))
    return { ...leave("disabled"), ...(isOff(live) ? {} : { update: { enabled: false } }) };
  // It was enabled for the trial: somebody has disabled it since.
  if (mark === "limited" && isOff(live)) return forget(true);
  if (mark === undefined && isOff(live)) return forget(true);
  switch (breaker.state) {
    case "open":
      if (mark === "disabled" && isOff(live)) return leave(mark);
      return { ...leave("disabled"), update: { enabled: false } };
    case "half-open":
      if (mark !== "disabled") return leave(mark);
      return {
        before: mark,
        update: { enabled: true, ...limited(live) },
        after: "limited",
        disabledByOthers: false,
      };
    case "closed": {
      if (mark === undefined) return leave(mark);
      const update = { ...(mark === "disabled" && { enabled: true }), ...full(mapping, live) };
      return {
        before: mark,
        ...(Object.keys(update).length > 0 && { update }),
        after: undefined,
        disabledByOthers: false,
      };
    }
  }
}

/** Whether the queues before the mapping's own still have to be drained. While they are empty, a mapping that works already
 *  need not be disabled for that: it would stop a queue for minutes in which nothing is before it. */
function mustWait(
  breaker: GuardedBreaker,
  { uuid, after, standby }: ConfiguredMapping,
  live: LiveMapping,
): boolean {
  if (standby) return breaker.drains[ownQueue(uuid)] !== 0;
  if (after.length === 0 || isDrained(breaker, uuid)) return false;
  const works = !isOff(live) && breaker.mappings[uuid] !== "disabled";
  return !works || breaker.drains[uuid] === 0;
}

/** For a trial. Pollers of its own cannot be fewer for a while: then the trial has all of them. */
const limited = (live: LiveMapping): MappingUpdate =>
  live.isProvisioned || live.maximumConcurrency === lowestConcurrency
    ? {}
    : { maximumConcurrency: lowestConcurrency };

/** For normal operation. */
function full({ maximumConcurrency }: ConfiguredMapping, live: LiveMapping): MappingUpdate {
  if (live.isProvisioned || live.maximumConcurrency === maximumConcurrency) return {};
  return { maximumConcurrency: maximumConcurrency ?? "unlimited" };
}
