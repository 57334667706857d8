import { loadTestAttribute, markIn } from "../../contracts/load-test";
import type { Letter } from "../dlq/letter";
import { mostEntries, type Queue } from "../dlq/queues";

/** Letters that are received at most. */
const mostLooked = 2000;

/** Seconds that a letter stays hidden if this process is killed while it looks. */
const hiddenSeconds = 120;

export interface DeadLetters {
  /** Numbers of the run's messages. */
  numbers: Set<number>;
  /** Not all could be received: others hold some, or a group of a FIFO queue holds its next ones back, or there are too many.
   *  Then there may be more. */
  isPartial: boolean;
}

/** Reads the dead-letter queue and makes its letters visible again. It counts as one receive of each. */
export async function deadLettersOf(queue: Queue, run: string): Promise<DeadLetters> {
  const { waiting, inFlight, delayed } = await queue.depth();
  const all = waiting + inFlight + delayed;
  const letters = new Map<string, Letter>();
  try {
    while (letters.size < Math.min(all, mostLooked)) {
      const some = await queue.receive(mostEntries, hiddenSeconds);
      if (some.every(({ id }) => letters.has(id))) break;
      for (const letter of some) letters.set(letter.id, letter);
    }
  } finally {
    await queue.hide([...letters.values()], 0);
  }
  const marks = [...letters.values()].map(({ attributes }) =>
    markIn(attributes[loadTestAttribute]?.StringValue),
  );
  const own = marks.flatMap((mark) => (mark?.run === run ? [mark.number] : []));
  return { numbers: new Set(own), isPartial: letters.size < all };
}
