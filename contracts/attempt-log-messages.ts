/** Log messages with which a worker says how an attempt on a message ended. Other programs read them. */
export const attemptLogMessages = {
  done: "done",
  doneBefore: "done before",
  doneNotRemembered: "done, but not remembered",
  /** No work: see `checkAttribute`. */
  testReceived: "test message received",
  failed: "failed",
  /** The message is dead-lettered, or will be. */
  failedForTheLastTime: "failed for the last time",
  /** The attempt failed, and a copy of the message has its attempts again. */
  sentAgain: "sent again, because its attempts are used up through no fault of it",
} as const;

/** Those of them after which nothing more comes of the message. */
export const doneLogMessages: readonly string[] = [
  attemptLogMessages.done,
  attemptLogMessages.doneBefore,
  attemptLogMessages.doneNotRemembered,
  attemptLogMessages.testReceived,
];
