import type { Clock } from "./clock";

/** SQS takes at most ten entries in one batch call. */
export const maxBatch = 10;

/** Answers, entry by entry in the order given, what went wrong; undefined where nothing did. */
export type SendBatch<Item> = (items: Item[]) => Promise<(Error | undefined)[]>;

interface Entry<Item> {
  item: Item;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** Collects single requests into batch calls. A full batch is sent at once; one that is not full waits
 *  `lingerMs()` for more entries, or, where that is 0, until the end of this turn of the event loop. */
export class Batcher<Item> {
  private open: Entry<Item>[] = [];
  private cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly send: SendBatch<Item>,
    private readonly lingerMs: () => number = () => 0,
  ) {}

  /** Settles as this one entry did, whatever the result of the others in its batch. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.open.push({ item, resolve, reject });
      if (this.open.length >= maxBatch) {
        this.flush();
      } else {
        this.schedule();
      }
    });
  }

  /** Sends what waits now. */
  flush(): void {
    this.cancel?.();
    this.cancel = undefined;
    const entries = this.open;
    if (entries.length > 0) {
      this.open = [];
      void this.deliver(entries);
    }
  }

  private schedule(): void {
    const lingerMs = this.lingerMs();
    if (lingerMs > 0) {
      this.cancel ??= this.clock.after(lingerMs, () => this.flush());
    } else {
      this.cancel?.();
      const turn = setImmediate(() => this.flush());
      this.cancel = () => clearImmediate(turn);
    }
  }

  private async deliver(entries: Entry<Item>[]): Promise<void> {
    let errors: (Error | undefined)[];
    try {
      errors = await this.send(entries.map((entry) => entry.item));
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      errors = entries.map(() => error);
    }
    entries.forEach((entry, index) => {
      const error = errors[index];
      if (error === undefined) {
        entry.resolve();
      } else {
        entry.reject(error);
      }
    });
  }
}
