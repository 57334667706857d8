import { setTimeout as delay } from "node:timers/promises";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { keyOf } from "../../../rehearsal/watchme/recordings";
import { uploadEvent } from "../../../rehearsal/watchme/upload-event";
import type { MigratingSystem } from "./migrating-system";

/** Devices of one lane: an event has a recording of each, so that a call sends one batch to each queue. */
const devicesPerLane = 10;
const lanes = 5;
export const devices = lanes * devicesPerLane;

/** Of each 20 events, these are notified again: the one at once, the other after three newer ones. */
const again = { every: 20, atOnce: 4, later: 13, distance: 3 };

interface Lane {
  devices: string[];
  /** Number of the event that is being sent, or is sent next. */
  next: number;
  /** Of the first event that was sent to the new queue for certain. */
  firstAfterSwitch: number;
}

/** Notifications of recordings. The function that sends to the queues is called and awaited, so the order in which a device's
 *  messages were sent is known. */
export class RecordingsLoad {
  /** Recordings, without repeated notifications. */
  sent = 0;
  repeated = 0;
  private readonly lanes: Lane[];

  constructor(
    private readonly system: MigratingSystem,
    prefix: string,
  ) {
    this.lanes = Array.from({ length: lanes }, (_, lane) => ({
      devices: Array.from({ length: devicesPerLane }, (__, n) => `${prefix}-${lane}-${n}`),
      next: 0,
      firstAfterSwitch: 0,
    }));
  }

  /** Sends the recordings of each device that have a number below `limit`. `pauseMs`: between two events of a lane, for the
   *  load of a usual hour; it waits for nothing. */
  async sendUpTo(limit: number, { pauseMs = 0 } = {}): Promise<void> {
    await Promise.all(this.lanes.map((lane) => this.send(lane, limit, pauseMs)));
  }

  /** From now on the producer sends to the new queue. A call that began before may still send to the old one. */
  switched(): void {
    for (const lane of this.lanes) lane.firstAfterSwitch = lane.next + 1;
  }

  /** By device, the number of the first recording that was sent to the new queue for certain. */
  get firstAfterSwitch(): Map<string, number> {
    return new Map(
      this.lanes.flatMap((lane) =>
        lane.devices.map((device) => [device, lane.firstAfterSwitch] as const),
      ),
    );
  }

  /** How many recordings were sent after the switch. */
  get afterSwitch(): number {
    return this.lanes.reduce(
      (sum, { next, firstAfterSwitch }) => sum + (next - firstAfterSwitch) * devicesPerLane,
      0,
    );
  }

  private async send(lane: Lane, limit: number, pauseMs: number): Promise<void> {
    for (; lane.next < limit; lane.next += 1) {
      await this.notify(lane, lane.next);
      this.sent += devicesPerLane;
      const place = lane.next % again.every;
      if (place === again.atOnce) await this.notifyAgain(lane, lane.next);
      if (place === again.later) await this.notifyAgain(lane, lane.next - again.distance);
      await delay(pauseMs);
    }
  }

  private async notifyAgain(lane: Lane, number: number): Promise<void> {
    await this.notify(lane, number);
    this.repeated += devicesPerLane;
  }

  private async notify({ devices: ofLane }: Lane, number: number): Promise<void> {
    const { functions, buckets } = this.system.outputs;
    const { arn, alias } = functions["audio-processor"] ?? {};
    const keys = ofLane.map((device) => keyOf(device, number));
    const { FunctionError, Payload } = await this.system.lambda.send(
      new InvokeCommand({
        FunctionName: `${arn}:${alias}`,
        Payload: JSON.stringify(uploadEvent(buckets.recordings?.name ?? "", keys)),
      }),
    );
    if (FunctionError !== undefined) throw new Error(Buffer.from(Payload ?? []).toString());
  }
}
