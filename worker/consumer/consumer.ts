import type { Message } from "@aws-sdk/client-sqs";
import { UnavailableError } from "../job/errors";
import { LeaseLostError, WorkerStoppedError } from "./run-attempt";
import { Attempts } from "./attempts";
import { Endings } from "./endings";
import { Heartbeat } from "./heartbeat";
import { HeldMessage } from "./held-message";
import { History } from "./history";
import { Intake, type Demand } from "./intake";
import { longestLeaseMs } from "./lease";
import type { ConsumerOptions, ConsumerParts, Summary } from "./options";
import { QueueCalls } from "./queue-calls";
import { Outage } from "./outage";
import { Rate } from "./rate";
import { Retries } from "./retries";
import { WaitingLine } from "./waiting-line";

/** While jobs are short, this much work is fetched ahead, so that a slot never waits for a poll; while
 *  they are long nothing is, and no message waits here that another machine could work on. */
const fetchAheadSeconds = 0.2;
const maxFetchedAhead = 200;

/** A finished message is deleted no later than this, even if that makes a batch of less than ten. */
const longestLingerMs = 200;

/** A prefetched message that has no slot after this time is released for other workers. */
const longestWaitMs = 5000;

/** At this number of finished but unsettled messages, SQS has a problem: no new messages are received. */
const maxSettling = 500;

/** Releasing messages takes some calls. An immediate stop takes at most this long. */
const shortestStopMs = 2000;

/** Messages of busy groups occupy places in the waiting list although they cannot run. */
const fifoRoom = 20;

/** Works on a queue: takes messages in as slots become free, keeps their leases, runs the processor, and
 *  brings each message to exactly one end. */
export class Consumer {
  private readonly held = new Map<string, HeldMessage>();
  private readonly isFifo: boolean;
  private readonly line: WaitingLine;
  private readonly retries: Retries;
  private readonly heartbeat: Heartbeat;
  private readonly intake: Intake;
  private readonly history: History;
  private readonly endings: Endings;
  private readonly attempts: Attempts;
  private readonly outage: Outage;
  private readonly finished: Rate;
  private readonly immediate = new AbortController();
  private pollsHaveEnded = false;
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
    this.retries = new Retries(clock, (held) => {
      this.line.pushFirst(held);
      this.line.freeGroup(held);
      this.dispatch();
    });
    const calls = new QueueCalls(clients, options.queueUrl, options.visibilityTimeoutSeconds);
    this.heartbeat = new Heartbeat(
      clock,
      calls,
      options.visibilityTimeoutSeconds,
      log,
      (held) => this.leaseLost(held),
      () => this.giveBackLongWaiting(),
    );
    this.history = new History(parts);
    this.endings = new Endings(
      options,
      parts,
      this.history,
      calls,
      () => this.deleteLingerMs(),
      this.held,
      {
        closed: (held) => {
          this.heartbeat.drop(held);
          this.intake.pump();
        },
        groupIsFree: (held) => this.freeGroup(held),
      },
    );
    this.outage = new Outage(clock, log, () => this.dispatch());
    this.attempts = new Attempts(options, parts, this.history, this.endings, this.outage, {
      worked: () => this.finished.count(),
      slotIsFree: () => this.freeSlot(),
      keep: (held) => this.keep(held),
      retriesHere: (held) =>
        (this.isFifo || held.message.receiveCount >= options.maxReceiveCount) &&
        this.stopped === undefined &&
        held.lease.isOurs(clock.now()),
      retryHere: (held, seconds) => this.retries.add(held, seconds),
    });
    this.intake = new Intake(
      clock,
      calls,
      log,
      () => this.demand(),
      (messages, receivedAt) => this.takeIn(messages, receivedAt),
    );
  }

  start(): void {
    this.heartbeat.start();
    this.intake.pump();
  }

  /** Stops polling, gives back what has not begun, lets the rest finish until shortly before the time is
   *  over, then aborts and gives back. Takes no longer than the grace; two seconds, where it is less. */
  stop(graceSeconds: number): Promise<Summary> {
    this.stopped ??= this.shutDown(graceSeconds * 1000);
    return this.stopped;
  }

  /** Shortens a stop: jobs that still run are aborted and given back now. */
  stopNow(): Promise<Summary> {
    this.immediate.abort();
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
    if (this.outage.isOn) {
      const mayTake = this.held.size === 0 && !this.outage.holdsBack;
      return { messages: mayTake ? 1 : 0, worthAsking: 1 };
    }
    const room = concurrency + ahead + (this.isFifo ? fifoRoom : 0);
    return {
      messages: room - this.running - this.line.length - this.admitting,
      worthAsking: Math.min(10, ahead),
    };
  }

  /** Deletes wait for others only while jobs run and so many end that another is likely. */
  private deleteLingerMs(): number {
    const isLast = this.running === 0 && this.line.length === 0;
    const expected = (this.finished.current() * longestLingerMs) / 1000;
    return isLast || expected < 2 ? 0 : longestLingerMs;
  }

  private takeIn(messages: Message[], receivedAt: number): void {
    const leaseMs = this.options.visibilityTimeoutSeconds * 1000;
    const fresh: HeldMessage[] = [];
    for (const received of messages) {
      const known = this.held.get(received.MessageId ?? "");
      if (known === undefined) {
        const held = new HeldMessage(received, receivedAt, leaseMs);
        held.unstartedBefore = this.history.unstartedDeliveries(held.message.id);
        this.held.set(held.message.id, held);
        this.heartbeat.add(held);
        fresh.push(held);
      } else {
        // Its lease ran out while we worked on it. It is not worked twice at once.
        known.adopt(received, receivedAt, leaseMs);
      }
    }
    void this.admit(fresh);
  }

  /** Ends what is finished already; the rest waits for a slot. */
  private async admit(fresh: HeldMessage[]): Promise<void> {
    const unknown = fresh.filter((held) => this.history.needsLookUp(held));
    fresh.filter((held) => !unknown.includes(held)).forEach((held) => this.enter(held));
    if (unknown.length > 0) {
      this.admitting += unknown.length;
      const error = await this.history.lookUp(unknown);
      this.admitting -= unknown.length;
      for (const held of unknown) {
        if (error === undefined) {
          this.enter(held);
        } else if (error instanceof UnavailableError && this.outage.meets(held, error)) {
          held.needsLedger = true;
          this.keep(held);
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
    // The lease of a message that arrived in a pause of this process may be over already.
    if (!this.pollsHaveEnded && held.lease.isOurs(this.parts.clock.now())) {
      this.line.push(held);
    } else {
      void this.endings.giveBack(held);
    }
  }

  private dispatch(): void {
    while (this.running < this.options.concurrency && this.stopped === undefined) {
      const held = this.outage.holdsBack ? undefined : this.line.take();
      if (held === undefined) {
        break;
      }
      if (this.outage.isOn) {
        this.outage.begins(held);
      }
      this.running += 1;
      void this.attempts.work(held);
    }
    this.intake.pump();
  }

  /** Has it tried again after the others, when the outage allows it. */
  private keep(held: HeldMessage): void {
    this.line.freeGroup(held);
    if (this.stopped === undefined) {
      this.line.pushLast(held);
    } else {
      void this.endings.giveBack(held);
    }
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
    switch (held.state) {
      case "working":
        held.job?.abort(new LeaseLostError());
        break;
      case "waiting":
        this.line.remove((each) => each === held);
        void this.endings.giveBack(held);
        break;
      case "pausing":
        this.retries.remove(held);
        void this.endings.giveBack(held);
    }
  }

  /** What an outage keeps waits as long as SQS allows. */
  private giveBackLongWaiting(): void {
    const now = this.parts.clock.now();
    const { maxReceiveCount, visibilityTimeoutSeconds } = this.options;
    const longestKeptMs = longestLeaseMs - visibilityTimeoutSeconds * 250;
    this.line
      .remove((held) => {
        const ageMs = held.lease.ageMs(now);
        return held.outagesMet > 0
          ? ageMs > longestKeptMs
          : !this.isFifo && ageMs > longestWaitMs && held.message.receiveCount < maxReceiveCount;
      })
      .forEach((held) => void this.endings.giveBack(held));
  }

  private async shutDown(graceMs: number): Promise<Summary> {
    const { clock } = this.parts;
    const end = clock.now() + Math.max(graceMs, shortestStopMs);
    // The last part of the grace is for giving back what would not finish.
    const reserveMs = Math.min(5000, Math.max(1500, graceMs / 4));
    this.outage.stop();
    this.endings.flush();
    // First: a poll under way would receive again what is given back.
    await this.intake.stop((clock.now() + end) / 2, this.immediate.signal);
    this.pollsHaveEnded = true;
    for (const held of [...this.line.remove(() => true), ...this.retries.removeAll()]) {
      void this.endings.giveBack(held);
    }
    this.endings.flush();
    await this.endings.allOr(end - reserveMs, this.immediate.signal);

    this.attempts.abandonAfterMs = reserveMs / 2;
    this.held.forEach(({ job }) => job?.abort(new WorkerStoppedError()));
    await this.endings.allOr(this.immediate.signal.aborted ? clock.now() + shortestStopMs : end);
    return this.endings.close(this.heartbeat);
  }
}
