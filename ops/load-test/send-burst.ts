import pLimit from "p-limit";
import { mostEntries, type Queue } from "../dlq/queues";
import { batchesOf } from "../dlq/redrive/batches";
import { Pace } from "../dlq/redrive/pace";
import type { Burst, BurstMessage } from "./burst";

/** Calls at once. Real messages are sent in order, so one after the other. */
const lanes = 8;

export interface Sent {
  /** Numbers of the messages that the queue accepted. */
  numbers: Set<number>;
  /** Messages that it did not, by the reason. */
  refused: Map<string, number>;
  seconds: number;
}

export interface Sending {
  perSecond: number | undefined;
  signal: AbortSignal;
  progress: (line: string) => void;
}

/** Milliseconds between lines that say how far it is. */
const progressMs = 5000;

/** Sends the messages until all are sent or the signal aborts. Never rejects. */
export async function sendBurst(
  queue: Queue,
  { messages, isRealWork }: Burst,
  { perSecond, signal, progress }: Sending,
): Promise<Sent> {
  const sent: Sent = { numbers: new Set(), refused: new Map(), seconds: 0 };
  const pace = new Pace(perSecond);
  const few = pLimit(isRealWork ? 1 : lanes);
  const began = performance.now();
  const calls: Promise<void>[] = [];
  const telling = setInterval(
    () => progress(`${sent.numbers.size} of ${messages.length} messages sent`),
    progressMs,
  );
  for (const batch of batches(messages, perSecond)) {
    await pace.turn(batch.length);
    if (signal.aborted) break;
    calls.push(few(() => (signal.aborted ? Promise.resolve() : sendBatch(queue, batch, sent))));
  }
  await Promise.all(calls);
  clearInterval(telling);
  sent.seconds = (performance.now() - began) / 1000;
  return sent;
}

/** At a low rate in small batches, or a second would get many messages and the next ones none. */
function batches(
  messages: readonly BurstMessage[],
  perSecond = Number.POSITIVE_INFINITY,
): BurstMessage[][] {
  const size = Math.min(mostEntries, Math.max(1, Math.floor(perSecond / 4)));
  return batchesOf(messages).flatMap((batch) =>
    Array.from({ length: Math.ceil(batch.length / size) }, (_, index) =>
      batch.slice(index * size, (index + 1) * size),
    ),
  );
}

async function sendBatch(queue: Queue, batch: BurstMessage[], sent: Sent): Promise<void> {
  for (const { item, fault } of await queue.send(batch, ({ entry }) => entry)) {
    if (fault === undefined) sent.numbers.add(item.number);
    else sent.refused.set(fault.reason, (sent.refused.get(fault.reason) ?? 0) + 1);
  }
}
