import type { Clock } from "./clock";
import type { HeldMessage } from "./held-message";

/** Messages that wait here for their next attempt. */
export class Retries {
  private readonly waiting = new Map<HeldMessage, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly onDue: (held: HeldMessage) => void,
  ) {}

  add(held: HeldMessage, seconds: number): void {
    const cancel = this.clock.after(seconds * 1000, () => {
      this.waiting.delete(held);
      this.onDue(held);
    });
    this.waiting.set(held, cancel);
    held.become("pausing");
  }

  /** False when it does not wait here. */
  remove(held: HeldMessage): boolean {
    this.waiting.get(held)?.();
    return this.waiting.delete(held);
  }

  removeAll(): HeldMessage[] {
    const all = [...this.waiting.keys()];
    all.forEach((held) => this.remove(held));
    return all;
  }
}
