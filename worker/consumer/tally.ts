import type { Summary } from "./options";

/** Counts how messages ended and knows when none is open. */
export class Tally {
  private readonly counts = {
    done: 0,
    deadLettered: 0,
    released: 0,
    leaseLost: 0,
    undeleted: 0,
  };
  private waiters: (() => void)[] = [];

  constructor(private readonly open: () => number) {}

  count(outcome: keyof Tally["counts"]): void {
    this.counts[outcome] += 1;
    if (this.open() === 0) {
      this.waiters.forEach((resolve) => resolve());
      this.waiters = [];
    }
  }

  whenNoneIsOpen(): Promise<void> {
    return this.open() === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.waiters.push(resolve));
  }

  summary(): Summary {
    return { ...this.counts, unsettled: this.open() };
  }
}
