/** When alarms are one incident, and when its messages are sent. Minutes. See docs/decisions/0016-incidents.md. */
export const incidentRules = {
  /** A further alarm joins an incident whose newest alarm is not older. The alarms of one cause need up to three periods of 5
   *  minutes or three receives of a message until they fire. */
  joins: 30,
  /** An incident has ended when none of its alarms has been on for so long. Each new beginning doubles it. */
  quiet: 5,
  longestQuiet: 40,
  /** An alarm that was off for so long is forgotten. If it fires again, it is a new alarm. Must be above `longestQuiet`. */
  remembered: 60,
  /** An incident is forgotten when its end could not be told for so long. */
  givenUp: 24 * 60,
  /** Further alarms are told together, when none has come for `settled`, at the latest after `collected`. */
  settled: 2,
  collected: 5,
  /** How long a warning waits for the critical alarm of its measure. CloudWatch evaluates each alarm once a minute. */
  criticalWait: 2,
  /** A rising number of dead letters is told so long after the last message at the earliest. */
  rises: 15,
} as const;

/** When a message comes again while the incident lasts, by default. Minutes. */
export const defaultRepeatAfterMinutes = 240;
