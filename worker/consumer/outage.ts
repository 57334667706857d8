import type { UnavailableError } from "../job/errors";
import type { Log } from "../job/log";
import type { Clock } from "./clock";
import type { HeldMessage } from "./held-message";
import { logOutageBegin, logOutageEnd, outagePauseMs } from "./outage-terms";

/** A try that takes longer has probably reached what it needs: another message may try beside it. */
const longTryMs = 30_000;

/** A message that meets more outages, which end when others get through, may be their cause (a document
 *  that the database dies of): from then on its attempts count. */
const maxOutages = 5;

/** While something that all work needs is out of reach, lets one message at a time try, with growing
 *  pauses, until one gets through. Messages that met it are kept, and their attempts do not count. */
export class Outage {
  isOn = false;
  /** No message may be tried just now; plain because it is read for every message. */
  holdsBack = false;
  private serial = 0;
  private began = 0;
  private tries = 0;
  private readonly underWay = new Set<HeldMessage>();
  private callOff: (() => void) | undefined;

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

  /** An attempt ended otherwise. Only one that began during the outage tells something, and only when
   *  it got as far as the work: a body that is no event needs no database. */
  ends(held: HeldMessage, gotThrough: boolean): void {
    if (!this.underWay.delete(held)) {
      return;
    }
    this.release();
    if (gotThrough) {
      this.isOn = false;
      this.underWay.clear();
      logOutageEnd(this.log, this.clock.now() - this.began);
    }
  }

  stop(): void {
    this.callOff?.();
  }

  private begin(error: UnavailableError): void {
    this.isOn = true;
    this.serial += 1;
    this.began = this.clock.now();
    this.tries = 1;
    this.holdBack(outagePauseMs(1));
    const consequence = "messages are kept, and no more are taken in, until it is back";
    logOutageBegin(this.log, error, consequence);
  }

  private holdBack(ms: number): void {
    this.callOff?.();
    this.holdsBack = true;
    this.callOff = this.clock.after(ms, () => {
      this.release();
      this.onReady();
    });
  }

  private release(): void {
    this.callOff?.();
    this.callOff = undefined;
    this.holdsBack = false;
  }
}
