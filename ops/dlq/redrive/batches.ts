import { maxMessageBytes } from "../../../contracts/messages";
import { mostEntries } from "../queues";

/** Groups items for batch calls: ten entries, and together the size of one message. An item of any size is a batch. */
export function batchesOf<Item extends { bytes: number }>(items: readonly Item[]): Item[][] {
  const batches: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const last = batches.at(-1);
    bytes += item.bytes;
    if (last !== undefined && last.length < mostEntries && bytes <= maxMessageBytes) {
      last.push(item);
    } else {
      batches.push([item]);
      bytes = item.bytes;
    }
  }
  return batches;
}
