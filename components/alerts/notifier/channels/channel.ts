import type { Thread } from "../board";
import type { Interest } from "../due";
import type { Report } from "../report";

/** Where messages are sent. Each call rejects if the message was not accepted. */
export interface Channel {
  /** Unique; the board remembers by it what the channel was told. */
  key: string;
  interest: Interest;
  send(report: Report): Promise<unknown>;
  /** Only where a message can be answered and changed. */
  threads?: Threads;
}

export interface Threads {
  open(report: Report): Promise<Thread>;
  /** `everybody`: whether the channel shows the answer too, or only the thread. Answers with the thread that the message is in:
   *  another one, if somebody deleted the first. */
  answer(thread: Thread, report: Report, everybody: boolean): Promise<Thread>;
  /** Replaces the thread's first message. */
  change(thread: Thread, report: Report): Promise<void>;
}
