/** Stages of a queue's way to FIFO. Each can go back to the one before. */
export const stages = ["off", "prepare", "switch", "drain", "done"] as const;
export type Stage = (typeof stages)[number];

/** What a stage means. */
export interface StagePlan {
  /** Which of the two pairs exist. */
  has: { standard: boolean; fifo: boolean };
  /** Where the producer sends. */
  sendsTo: "standard" | "fifo";
  /** Whether the standard pair may be deleted by the next stage. The producer has lost the right to send to it. Before, it has the
   *  right for both queues: while an update is under way, calls of the version before still run. */
  standardMayGo: boolean;
}

export const stagePlans: Record<Stage, StagePlan> = {
  off: { has: { standard: true, fifo: false }, sendsTo: "standard", standardMayGo: false },
  /** The new pair exists beside the old one. */
  prepare: { has: { standard: true, fifo: true }, sendsTo: "standard", standardMayGo: false },
  /** New messages go to the new queue, and wait there until the old one is empty. */
  switch: { has: { standard: true, fifo: true }, sendsTo: "fifo", standardMayGo: false },
  /** Nobody may send to the old queue any more, and Pulumi may delete it. */
  drain: { has: { standard: true, fifo: true }, sendsTo: "fifo", standardMayGo: true },
  /** The old pair is gone. The update to this stage is refused while a message is in it. */
  done: { has: { standard: false, fifo: true }, sendsTo: "fifo", standardMayGo: true },
};
