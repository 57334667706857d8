import { setTimeout as delay } from "node:timers/promises";
import type { BatchResultErrorEntry } from "@aws-sdk/client-sqs";
import { faultOfCall, faultOfEntry, type Fault } from "./fault";

const mostAttempts = 6;

/** Milliseconds before the second attempt. Each further wait is up to twice as long. */
const firstWaitMs = 200;

/** Random, so that the lanes do not all come back at once. */
const wait = (attempt: number): Promise<void> =>
  delay(firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));

/** How one item of a batch call ended. */
export interface Settled<Item> {
  item: Item;
  /** Why it did not succeed. Undefined if it did. */
  fault: Fault | undefined;
  /** An attempt ended without an answer: SQS may have done it once more than it says. */
  wasUncertain: boolean;
}

/** Makes a batch call, and repeats it for the items that may still succeed. The call resolves to the entries that failed;
 *  the id of an entry is its index. Never rejects. */
export async function settle<Item>(
  items: readonly Item[],
  call: (items: Item[]) => Promise<BatchResultErrorEntry[] | undefined>,
): Promise<Settled<Item>[]> {
  const all = items.map((item): Settled<Item> => ({ item, fault: undefined, wasUncertain: false }));
  let open = all;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    await attemptAll(open, call);
    open = open.filter(({ fault }) => fault?.isTemporary === true);
    if (open.length === 0 || attempt === mostAttempts) break;
    await wait(attempt);
  }
  return all;
}

async function attemptAll<Item>(
  open: Settled<Item>[],
  call: (items: Item[]) => Promise<BatchResultErrorEntry[] | undefined>,
): Promise<void> {
  try {
    const failed = await call(open.map(({ item }) => item));
    open.forEach((one, index) => {
      const entry = failed?.find(({ Id }) => Id === String(index));
      one.fault = entry === undefined ? undefined : faultOfEntry(entry);
    });
  } catch (error) {
    const fault = faultOfCall(error);
    for (const one of open) {
      one.fault = fault;
      one.wasUncertain ||= fault.isUncertain;
    }
  }
}

/** Makes a call again as long as that may help. */
export async function repeated<Result>(
  call: () => Promise<Result>,
  onFault: (fault: Fault) => void = () => undefined,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const fault = faultOfCall(error);
      onFault(fault);
      if (!fault.isTemporary || attempt === mostAttempts) throw error;
      await wait(attempt);
    }
  }
}
