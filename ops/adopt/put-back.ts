import { isDeepStrictEqual } from "node:util";
import type { Backup } from "./backup";
import { inspect, type ReadFault } from "./inspect";
import { inspectors, type Clients } from "./inspectors";

type Saved = Backup["resources"][number];

export interface PutBack {
  name: string;
  target: string;
  act: "put back" | "remove what was not there";
}
interface Step extends PutBack {
  saved: Saved;
}

/** What differs from the backup, in the order in which it can be put back: a queue's redrive policy needs its dead-letter
 *  queue, a bucket's parts need the bucket. What the program has created as a whole is left as it is. */
export async function differsFrom(
  { resources }: Backup,
  clients: Clients,
): Promise<{ steps: Step[]; faults: ReadFault[] }> {
  const { found, faults } = await inspect(resources, clients);
  const now = new Map(found.map((one) => [one.name, one.existing]));
  const existed = new Set(
    resources.filter(({ existing }) => existing !== undefined).map(wholeName),
  );
  const steps = resources
    .filter((saved) => {
      if (!now.has(saved.name)) return false;
      if (saved.existing === undefined && !existed.has(wholeName(saved))) return false;
      return !isDeepStrictEqual(saved.existing, now.get(saved.name));
    })
    .filter(
      ({ type, existing }) => existing !== undefined || inspectors[type]?.remove !== undefined,
    )
    .toSorted((one, other) => place(one) - place(other))
    .map((saved): Step => ({
      name: saved.name,
      target: saved.target,
      act: saved.existing === undefined ? "remove what was not there" : "put back",
      saved,
    }));
  return { steps, faults };
}

/** Every part of a bucket has the bucket's name. */
const wholeName = ({ type, target }: Saved): string => `${type.split("/")[0]} ${target}`;

function place({ type, existing }: Saved): number {
  const attributes = existing?.attributes as Record<string, string> | undefined;
  return (
    Object.keys(inspectors).indexOf(type) + (attributes?.RedrivePolicy === undefined ? 0 : 0.5)
  );
}

/** Goes on after a failure. What fails is tried again as long as others succeed: S3 refuses a public policy while public
 *  access is blocked, and SQS a redrive policy whose queue is not ready. */
export async function putBack(
  steps: readonly Step[],
  clients: Clients,
): Promise<{ done: PutBack[]; failed: (PutBack & { reason: string })[] }> {
  const done: PutBack[] = [];
  const failed: (PutBack & { reason: string })[] = [];
  const again: Step[] = [];
  for (const step of steps) {
    const { saved, ...shown } = step;
    try {
      await carryOut(saved, clients);
      done.push(shown);
    } catch (error) {
      failed.push({ ...shown, reason: (error as Error).message });
      again.push(step);
    }
  }
  if (again.length === 0 || done.length === 0) return { done, failed };
  const rest = await putBack(again, clients);
  return { done: [...done, ...rest.done], failed: rest.failed };
}

async function carryOut({ type, target, existing }: Saved, clients: Clients): Promise<void> {
  const inspector = inspectors[type];
  if (existing === undefined) await inspector?.remove?.(clients, target);
  else await inspector?.restore(clients, target, existing);
}
