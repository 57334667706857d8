import type { HeldMessage } from "./held-message";

/** Messages that wait for a free slot, first come first served. On a FIFO queue at most one message of a
 *  group is worked on at a time, and the others of its group wait behind it. */
export class WaitingLine {
  private line: HeldMessage[] = [];
  private readonly busyGroups = new Map<string, HeldMessage>();

  constructor(private readonly isFifo: boolean) {}

  get length(): number {
    return this.line.length;
  }

  push(held: HeldMessage): void {
    held.become("waiting");
    this.line.push(held);
  }

  /** Puts a message back in front of all others, for its next attempt. */
  pushFirst(held: HeldMessage): void {
    held.become("waiting");
    this.line.unshift(held);
  }

  /** Puts a message behind all others, for others to be tried before it; what waits of its group stays
   *  behind it. */
  pushLast(held: HeldMessage): void {
    held.become("waiting");
    const followers = this.remove((each) => group(each) === group(held));
    this.line.push(held, ...followers);
  }

  /** The next message whose group is free; its group is busy from now on. */
  take(): HeldMessage | undefined {
    const held = this.isFifo ? this.takeOfFreeGroup() : this.line.shift();
    held?.become("working");
    return held;
  }

  /** The group is free if `held` made it busy; else it stays busy. */
  freeGroup(held: HeldMessage): void {
    if (this.busyGroups.get(group(held)) === held) {
      this.busyGroups.delete(group(held));
    }
  }

  /** Takes out all that wait and match. */
  remove(matches: (held: HeldMessage) => boolean): HeldMessage[] {
    const removed = this.line.filter(matches);
    if (removed.length > 0) {
      this.line = this.line.filter((held) => !removed.includes(held));
    }
    return removed;
  }

  private takeOfFreeGroup(): HeldMessage | undefined {
    const index = this.line.findIndex((held) => !this.busyGroups.has(group(held)));
    if (index < 0) {
      return undefined;
    }
    const [held] = this.line.splice(index, 1);
    if (held !== undefined) {
      this.busyGroups.set(group(held), held);
    }
    return held;
  }
}

function group(held: HeldMessage): string {
  return held.message.groupId ?? held.message.id;
}
