import type { ApiRequest } from "../../contracts/watchme";
import { numberOf } from "./recordings";

/** Sentences about recordings that an API accepted after a newer one of their device, in the order of acceptance. `firstSent`:
 *  by device, the number of the first recording that was sent after the switch to FIFO. It and those after it must follow all
 *  that are older. Among those before it there is no order, and none of a device that is not named. */
export function outOfOrder(
  accepted: Iterable<ApiRequest>,
  firstSent: ReadonlyMap<string, number>,
): string[] {
  const newest = new Map<string, number>();
  const wrong: string[] = [];
  for (const { device_id: device, recording_id: id } of accepted) {
    const number = numberOf(id);
    const first = firstSent.get(device);
    if (first === undefined) continue;
    const before = newest.get(device);
    if (before !== undefined && number < before) {
      wrong.push(`${device}: ${number} came after ${before}`);
    } else if (number >= first) {
      newest.set(device, number);
    }
  }
  return wrong;
}
