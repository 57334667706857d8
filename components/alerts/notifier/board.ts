import { z } from "zod";
import { momentSchema } from "./moment";

/** What a message says about an alarm, whatever its state. */
const factsSchema = z.object({
  name: z.string(),
  severity: z.enum(["warning", "critical"]),
  meaning: z.string(),
  owner: z.string().optional(),
  runbookUrl: z.string().optional(),
  /** To look closer. */
  command: z.string(),
  /** "AWS/SQS ApproximateNumberOfMessagesVisible" */
  measure: z.string(),
  /** "QueueName=file-processing-dlq-dev" */
  where: z.array(z.string()),
  region: z.string(),
  accountId: z.string(),
  comparison: z.string(),
  threshold: z.number().optional(),
});
export type AlarmFacts = z.output<typeof factsSchema>;

/** An alarm of an incident. */
const memberSchema = z.object({
  facts: factsSchema,
  on: z.boolean(),
  /** When CloudWatch changed the state. Milliseconds since 1970. */
  since: z.number(),
  /** When that was recorded here. */
  changed: momentSchema,
  /** How often it went on. */
  times: z.int(),
  value: z.number().optional(),
  /** A warning whose value is past the threshold of the critical alarm of its measure. That alarm fires soon, so the warning
   *  waits for it. */
  waits: z.boolean(),
  /** A warning whose critical alarm has been on since: it says nothing itself. */
  covered: z.boolean(),
  /** Whether the alarm also sends e-mails itself, without the notifier. */
  direct: z.boolean(),
});
export type Member = z.output<typeof memberSchema>;

/** Where the messages of an incident are in Slack. */
const threadSchema = z.object({ channel: z.string(), ts: z.string() });
export type Thread = z.output<typeof threadSchema>;

/** What a channel was told of an incident. */
const toldSchema = z.object({
  level: z.enum(["critical", "warning", "ended"]),
  /** When people last saw a message of it. A reply inside a thread does not count. */
  at: momentSchema,
  /** The alarms that were told as on, with the value that was told. */
  alarms: z.record(z.string(), z.object({ value: z.number().optional() })),
  /** How often it began again after its end was told. */
  rounds: z.int(),
  /** When it was last told that a value rose. */
  roseAt: momentSchema.optional(),
  thread: threadSchema.optional(),
  /** What the first message of the thread says now. */
  shown: z.string().optional(),
});
export type Told = z.output<typeof toldSchema>;

const incidentSchema = z.object({
  id: z.string(),
  opened: momentSchema,
  /** When its newest alarm joined. */
  joined: momentSchema,
  members: z.record(z.string(), memberSchema),
  /** By the key of the channel. */
  told: z.record(z.string(), toldSchema),
  /** Only one call at a time sends its messages. The lease runs out if that call dies. Milliseconds since 1970. */
  lease: z.object({ holder: z.string(), until: z.number() }).optional(),
  /** Failed attempts to send since the last that succeeded. */
  failures: z.int(),
});
export type Incident = z.output<typeof incidentSchema>;

/** The incidents of a system: all that the notifier remembers. It is one item of the table, so that ten calls at the same
 *  moment agree on which incident an alarm belongs to. */
export const boardSchema = z.object({ minute: z.int(), incidents: z.array(incidentSchema) });
export type Board = z.output<typeof boardSchema>;

export const emptyBoard: Board = { minute: 0, incidents: [] };
