import { deadLetterAttributes as names } from "../../contracts/messages";
import type { Letter } from "./letter";
import { mostEntries, type Depth, type Queue } from "./queues";

/** Letters that a look receives at most: enough to see what is the matter. */
const mostLooked = 100;

/** Seconds that a letter stays hidden if this process is killed while it looks. */
const hiddenSeconds = 30;

export interface ReasonSeen {
  /** First line of what our worker wrote. Undefined: SQS itself moved the letter here, after its last receive. */
  reason: string | undefined;
  count: number;
  oldest: Date;
  newest: Date;
  /** Of some of them. */
  ids: string[];
}

export interface Look {
  depth: Depth;
  looked: number;
  reasons: ReasonSeen[];
}

/** Reads some letters and makes them visible again. Each look counts as one receive of these letters. */
export async function look(queue: Queue): Promise<Look> {
  const depth = await queue.depth();
  const letters: Letter[] = [];
  try {
    while (letters.length < mostLooked) {
      const some = await queue.receive(mostEntries, hiddenSeconds);
      letters.push(...some);
      // What the queue says it has is seen: a further receive would only wait.
      if (some.length === 0 || letters.length === depth.waiting) break;
    }
  } finally {
    await queue.hide(letters, 0);
  }
  return { depth, looked: letters.length, reasons: reasonsOf(letters) };
}

export const reasonsOf = (letters: readonly Letter[]): ReasonSeen[] =>
  [...Map.groupBy(letters, reasonOf)]
    .map(([reason, some]) => {
      const times = some.map(({ sentAt }) => sentAt.getTime());
      return {
        reason,
        count: some.length,
        oldest: new Date(Math.min(...times)),
        newest: new Date(Math.max(...times)),
        ids: some.slice(0, 3).map(({ id }) => id),
      };
    })
    .sort((a, b) => b.count - a.count);

const reasonOf = ({ attributes }: Letter): string | undefined =>
  attributes[names.reason]?.StringValue?.split("\n")[0]?.slice(0, 120);
