import type { UnavailableError } from "../job/errors";
import type { Log } from "../job/log";
import type { Clock } from "./clock";
import type { HeldMessage } from "./held-message";
import { logOutageBegin, logOutageEnd, outagePauseMs } from "./outage-terms";

/** A try that takes longer has probably reached what it needs: another message may be tried too. */
const longTryMs = 30_000;

/** A message that meets more outages, which end when others succeed, may be their cause (a document
 *  that crashes the database): from then on its attempts count. */
const maxOutages = 5;

/** While something that all work needs is unreachable, lets one message at a time try, with growing
 *  pauses, until one succeeds. Messages that met it are kept, and their attempts do not count. */
export class Outage {
  isOn = false;
  /** No message may be tried just now; plain because it is read for every message. */
  holdsBack = false;
  private serial = 0;
  private began = 0;
  private tries = 0;
  private readonly underWay = new Set<HeldMessage>();
  private cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    /** Told when the next message may be tried. */
    private readonly onReady: () => void,
  ) {}

  /** A message is taken to be tried while the outage is on. */
  begins(held: HeldMessage): void {
    this.underWay.add(held);
    this.holdBack(longTryMs);
  }

  /** An attempt ended because of an outage; answers whether the message is kept for it. */
  meets(held: HeldMessage, error: UnavailableError): boolean {
    const isTry = this.underWay.delete(held);
    if (!this.isOn) {
      this.begin(error);
    } else if (isTry) {
      this.tries += 1;
      this.holdBack(outagePauseMs(this.tries));
    }
    return held.meetOutage(this.serial) <= maxOutages;
  }

  /** An attempt ended otherwise. Only one that began during the outage proves something, and only when
   *  it reached the work itself: a body that is not an event needs no database. */
  ends(held: HeldMessage, succeeded: boolean): void {
    if (!this.underWay.delete(held)) {
      return;
    }
    this.release();
    if (succeeded) {
      this.isOn = false;
      this.underWay.clear();
      logOutageEnd(this.log, this.clock.now() - this.began);
    }
  }

  stop(): void {
    this.cancel?.();
  }

  private begin(error: UnavailableError): void {
    this.isOn = true;
    this.serial += 1;
    this.began = this.clock.now();
    this.tries = 1;
    this.holdBack(outagePauseMs(1));
    const consequence = "messages are kept, and no new ones are received, until it is reachable";
    logOutageBegin(this.log, error, consequence);
  }

  private holdBack(ms: number): void {
    this.cancel?.();
    this.holdsBack = true;
    this.cancel = this.clock.after(ms, () => {
      this.release();
      this.onReady();
    });
  }

  private release(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.holdsBack = false;
  }
}
