import type { Fault } from "./fault";
import type { Letter } from "./letter";
import type { Queue } from "./queues";

interface Lease {
  letter: Letter;
  /** By this machine's clock, which goes on while the machine sleeps. */
  untilMs: number;
}

/** The letters that this process has received and keeps hidden, until it has dealt with them. */
export class Leases {
  private readonly held = new Map<string, Lease>();
  private readonly timer: NodeJS.Timeout;
  private beating: Promise<void> = Promise.resolve();

  constructor(
    private readonly queue: Queue,
    /** How long a letter stays hidden after this process was killed. */
    private readonly seconds: number,
  ) {
    this.timer = setInterval(() => {
      this.beating = this.beating.then(() => this.extend());
    }, this.seconds * 333);
  }

  get count(): number {
    return this.held.size;
  }

  async receive(count: number, onFault: (fault: Fault) => void): Promise<Letter[]> {
    const untilMs = Date.now() + this.seconds * 1000;
    const letters = await this.queue.receive(count, this.seconds, onFault);
    for (const letter of letters) this.held.set(letter.id, { letter, untilMs });
    return letters;
  }

  /** Whether nobody else can have received it meanwhile. */
  isHeld(letter: Letter): boolean {
    const lease = this.held.get(letter.id);
    return lease?.letter.receiptHandle === letter.receiptHandle && Date.now() < lease.untilMs;
  }

  end(letter: Letter): void {
    if (this.held.get(letter.id)?.letter === letter) this.held.delete(letter.id);
  }

  /** What is still held is visible again at once. */
  async releaseAll(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    await this.hideAll(0);
    this.held.clear();
  }

  private async extend(): Promise<void> {
    const untilMs = Date.now() + this.seconds * 1000;
    for (const { item, fault } of await this.hideAll(this.seconds)) {
      const lease = this.held.get(item.id);
      if (lease?.letter !== item) continue;
      if (fault === undefined) lease.untilMs = untilMs;
      // It is visible again, or gone.
      else if (!fault.isTemporary && !fault.isForAll) this.held.delete(item.id);
    }
  }

  private hideAll(seconds: number) {
    const letters = [...this.held.values()].map(({ letter }) => letter);
    return this.queue.hide(letters, seconds);
  }
}
