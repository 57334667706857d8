import type { Message } from "@aws-sdk/client-sqs";
import { LeaseLostError, WorkerStoppedError } from "./attempt";
import { Attempts } from "./attempts";
import { Endings } from "./endings";
import { HeldMessage } from "./held-message";
import { Intake, type Demand } from "./intake";
import { Leases } from "./leases";
import type { ConsumerOptions, ConsumerParts, Summary } from "./options";
import { QueueCalls } from "./queue-calls";
import { Rate } from "./rate";
import { WaitingLine } from "./waiting-line";

/** While jobs are short, this much work is fetched ahead, so that a slot never waits for a poll; while
 *  they are long it comes to nothing, and no message waits here that another machine could work on. */
const fetchAheadSeconds = 0.2;
const maxFetchedAhead = 200;

/** A finished message is deleted no later than this, even if that makes a batch of less than ten. */
const longestLingerMs = 200;

/** A message fetched ahead that still has no slot after this time goes back for others to take. */
const longestWaitMs = 5000;

/** With so many finished but unsettled messages the queue is in trouble: no new ones for now. */
const maxSettling = 500;

/** Giving back takes some calls; a stop that is to be immediate takes at most so long. */
const shortestStopMs = 2000;

/** Messages of busy groups take up room in the line without being able to run. */
const fifoRoom = 20;

/** Works on a queue: takes messages in as slots become free, keeps their leases, runs the processor, and
 *  brings each message to exactly one end. */
export class Consumer {
  private readonly held = new Map<string, HeldMessage>();
  private readonly retries = new Map<HeldMessage, () => void>();
  private readonly isFifo: boolean;
  private readonly line: WaitingLine;
  private readonly leases: Leases;
  private readonly intake: Intake;
  private readonly endings: Endings;
  private readonly attempts: Attempts;
  private readonly finished: Rate;
  private readonly hurry = new AbortController();
  private running = 0;
  private admitting = 0;
  private stopped: Promise<Summary> | undefined;

  constructor(
    private readonly options: ConsumerOptions,
    private readonly parts: ConsumerParts,
  ) {
    const { clients, clock, log } = parts;
    this.isFifo = options.queueUrl.endsWith(".fifo");
    this.finished = new Rate(clock);
    this.line = new WaitingLine(this.isFifo);
    const calls = new QueueCalls(
      clients,
      options.queueUrl,
      options.visibilityTimeoutSeconds,
      options.callTimeoutMs ?? 10_000,
    );
    this.leases = new Leases(
      clock,
      calls,
      options.visibilityTimeoutSeconds,
      log,
      (held) => this.leaseLost(held),
      () => this.giveBackLongWaiting(),
    );
    this.endings = new Endings(options, parts, calls, () => this.deleteLingerMs(), this.held, {
      closed: (held) => {
        this.leases.drop(held);
        this.intake.pump();
      },
      groupIsFree: (held) => this.freeGroup(held),
    });
    this.attempts = new Attempts(options, parts, this.endings, {
      worked: () => this.finished.count(),
      slotIsFree: () => this.freeSlot(),
      retriesHere: (held) => this.isFifo && this.stopped === undefined && held.isOurs(clock.now()),
      retryHere: (held, seconds) => this.retryHere(held, seconds),
    });
    this.intake = new Intake(
      clock,
      calls,
      log,
      () => this.demand(),
      (messages) => this.takeIn(messages),
    );
  }

  start(): void {
    this.leases.start();
    this.intake.pump();
  }

  /** Stops polling, gives back what has not begun, lets the rest finish until shortly before the time is
   *  over, then aborts and gives back. Takes no longer than the grace; two seconds, where it is less. */
  stop(graceSeconds: number): Promise<Summary> {
    this.stopped ??= this.shutDown(graceSeconds * 1000);
    return this.stopped;
  }

  /** Cuts a stop short: work under way is aborted and given back now. */
  stopNow(): Promise<Summary> {
    this.hurry.abort();
    return this.stop(0);
  }

  private demand(): Demand {
    const ahead = Math.min(
      maxFetchedAhead,
      Math.floor(this.finished.current() * fetchAheadSeconds),
    );
    const { concurrency } = this.options;
    const settling = this.held.size - this.running - this.line.length - this.admitting;
    if (settling > maxSettling) {
      return { messages: 0, worthAsking: 1 };
    }
    const room = concurrency + ahead + (this.isFifo ? fifoRoom : 0);
    return {
      messages: room - this.running - this.line.length - this.admitting,
      worthAsking: Math.min(10, ahead),
    };
  }

  /** Deletes wait for company only while others are at work and so many finish that some comes. */
  private deleteLingerMs(): number {
    const isLast = this.running === 0 && this.line.length === 0;
    const company = (this.finished.current() * longestLingerMs) / 1000;
    return isLast || company < 2 ? 0 : longestLingerMs;
  }

  private takeIn(messages: Message[]): void {
    const now = this.parts.clock.now();
    const leaseMs = this.options.visibilityTimeoutSeconds * 1000;
    const fresh: HeldMessage[] = [];
    for (const received of messages) {
      const known = this.held.get(received.MessageId ?? "");
      if (known === undefined) {
        const held = new HeldMessage(received, now, leaseMs);
        this.held.set(held.message.id, held);
        this.leases.add(held);
        fresh.push(held);
      } else {
        // Its lease ran out while we worked on it. It is not worked twice at once.
        known.adopt(received, now, leaseMs);
      }
    }
    void this.admit(fresh);
  }

  /** Sorts out what is finished already; the rest gets in line. */
  private async admit(fresh: HeldMessage[]): Promise<void> {
    const unknown = fresh.filter((held) => this.endings.needsLookUp(held));
    fresh.filter((held) => !unknown.includes(held)).forEach((held) => this.enter(held));
    if (unknown.length > 0) {
      this.admitting += unknown.length;
      const error = await this.endings.lookUp(unknown);
      this.admitting -= unknown.length;
      for (const held of unknown) {
        if (error === undefined) {
          this.enter(held);
        } else {
          void this.attempts.failed(held, error);
        }
      }
    }
    this.dispatch();
  }

  private enter(held: HeldMessage): void {
    if (this.endings.settleIfFinished(held)) {
      return;
    }
    if (this.stopped === undefined) {
      this.line.push(held);
    } else {
      void this.endings.giveBack(held);
    }
  }

  private dispatch(): void {
    while (this.running < this.options.concurrency && this.stopped === undefined) {
      const held = this.line.take();
      if (held === undefined) {
        break;
      }
      this.running += 1;
      void this.attempts.work(held);
    }
    this.intake.pump();
  }

  /** Tries again without giving the message back: the queue would hand out the rest of its group, which
   *  we hold, only after it, and count attempts on messages nobody tried. */
  private retryHere(held: HeldMessage, seconds: number): void {
    const callOff = this.parts.clock.after(seconds * 1000, () => {
      this.retries.delete(held);
      this.line.pushFirst(held);
      this.freeGroup(held);
    });
    this.retries.set(held, callOff);
  }

  private freeGroup(held: HeldMessage): void {
    if (this.isFifo) {
      this.line.freeGroup(held);
      this.dispatch();
    }
  }

  private freeSlot(): void {
    this.running -= 1;
    this.dispatch();
  }

  private leaseLost(held: HeldMessage): void {
    if (held.abort !== undefined) {
      held.abort.abort(new LeaseLostError());
    } else if (this.line.remove((each) => each === held).length > 0 || this.callOffRetry(held)) {
      void this.endings.giveBack(held);
    }
  }

  private callOffRetry(held: HeldMessage): boolean {
    this.retries.get(held)?.();
    return this.retries.delete(held);
  }

  private giveBackLongWaiting(): void {
    const before = this.parts.clock.now() - longestWaitMs;
    if (!this.isFifo) {
      this.line
        .remove((held) => held.heldSince < before && held.attempt < this.options.maxReceiveCount)
        .forEach((held) => void this.endings.giveBack(held));
    }
  }

  private async shutDown(graceMs: number): Promise<Summary> {
    const { clock } = this.parts;
    const end = clock.now() + Math.max(graceMs, shortestStopMs);
    // The last part of the grace is for giving back what would not finish.
    const reserveMs = Math.min(5000, Math.max(1500, graceMs / 4));
    await this.intake.stop();
    this.line.remove(() => true).forEach((held) => void this.endings.giveBack(held));
    for (const held of [...this.retries.keys()]) {
      this.callOffRetry(held);
      void this.endings.giveBack(held);
    }
    this.endings.flush();
    await this.emptyOr(end - reserveMs, this.hurry.signal);

    this.attempts.abandonAfterMs = reserveMs / 2;
    this.held.forEach((held) => held.abort?.abort(new WorkerStoppedError()));
    await this.emptyOr(this.hurry.signal.aborted ? clock.now() + shortestStopMs : end);
    return this.endings.close(this.leases);
  }

  /** Waits until no message is open, or for the time, or the signal. */
  private async emptyOr(until: number, signal?: AbortSignal): Promise<void> {
    const over = new AbortController();
    const signals = signal === undefined ? [over.signal] : [over.signal, signal];
    await Promise.race([
      this.endings.whenNoneIsOpen(),
      this.parts.clock.sleep(Math.max(0, until - this.parts.clock.now()), AbortSignal.any(signals)),
    ]);
    over.abort();
  }
}
