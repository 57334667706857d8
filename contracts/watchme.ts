import { z } from "zod";

/** What is found out about a recording, each by one queue, worker and API. asr: what was said (Vibe Transcriber); sed: which
 *  sounds (Behavior); ser: which emotions (Emotion). */
export const features = ["asr", "sed", "ser"] as const;
export type Feature = (typeof features)[number];

const deviceId = z.string().regex(/^[\w-]{1,64}$/, "is not 1 to 64 letters, digits, - or _");
const day = z.iso.date();

/** Key of a recording in the bucket: `files/<device>/<day>/<HH-mm-ss>/audio.wav`. Day and time are the device's local ones. */
export const recordingKey =
  /^files\/(?<deviceId>[\w-]{1,64})\/(?<day>\d{4}-\d{2}-\d{2})\/(?<time>\d{2}-\d{2}-\d{2})\/audio\.wav$/;

/** Body of a message of the queues asr, sed and ser. */
export const recordingMessageSchema = z.object({
  /** `<device>/<day>/<time>`: the same for every upload of the recording. */
  recordingId: z.string().min(1),
  deviceId,
  day,
  /** HH-mm-ss */
  time: z.string().regex(/^\d{2}-\d{2}-\d{2}$/),
  bucket: z.string().min(1),
  key: z.string().min(1),
  versionId: z.string().optional(),
});
export type RecordingMessage = z.output<typeof recordingMessageSchema>;

/** Body of a message of the queue dashboard-summary: sum up this day of this device. */
export const summaryMessageSchema = z.object({
  deviceId,
  day,
  /** Recordings of the day that have all three features. A summary of more recordings replaces one of fewer. */
  recordings: z.int().min(1),
});
export type SummaryMessage = z.output<typeof summaryMessageSchema>;

/** Body of a message of the queue dashboard-analysis: analyse this summary. */
export const analysisMessageSchema = z.object({
  deviceId,
  day,
  /** Of the summary that was written. */
  recordings: z.int().min(1),
});
export type AnalysisMessage = z.output<typeof analysisMessageSchema>;

/** Body of the request to an API. The header `Idempotency-Key` (`workKey`) comes with it. */
export const apiRequestSchema = z.object({
  recording_id: z.string().min(1),
  device_id: z.string().min(1),
  /** Local time of the device, without a zone: "2026-11-28T08:30:00". */
  recorded_at: z.iso.datetime({ local: true }),
  bucket: z.string().min(1),
  key: z.string().min(1),
  version_id: z.string().optional(),
});
export type ApiRequest = z.output<typeof apiRequestSchema>;

/** What is sent to the API of a feature about a recording. */
export const apiRequestOf = (message: RecordingMessage): ApiRequest => ({
  recording_id: message.recordingId,
  device_id: message.deviceId,
  recorded_at: `${message.day}T${message.time.replaceAll("-", ":")}`,
  bucket: message.bucket,
  key: message.key,
  version_id: message.versionId,
});

/** Names the work on one version of a recording: each is done once, by the worker and by the API. */
export const workKey = (
  { recordingId, versionId }: Pick<RecordingMessage, "recordingId" | "versionId">,
  feature: Feature,
): string => [recordingId, feature, ...(versionId === undefined ? [] : [versionId])].join("/");

const share = z.number().min(0).max(1);

/** What the APIs write into `features.result`. Unknown fields are allowed. */
export const featureResultSchemas = {
  asr: z.object({
    /** What was said; empty if nothing was. */
    text: z.string(),
    /** "ja" */
    language: z.string().optional(),
    confidence: share.optional(),
  }),
  sed: z.object({
    events: z.array(
      z
        .object({
          /** Of AudioSet's ontology: "Speech", "Dog". */
          label: z.string().min(1),
          confidence: share,
          /** From the beginning of the recording. */
          start_seconds: z.number().min(0),
          end_seconds: z.number(),
        })
        .refine(
          ({ start_seconds: start, end_seconds: end }) => end >= start,
          "ends before it starts",
        ),
    ),
  }),
  /** How strong each emotion is: { joy: 0.4, sadness: 0.1 }. */
  ser: z.object({ emotions: z.record(z.string(), share) }),
} as const satisfies Record<Feature, z.ZodType>;
export type FeatureResult<F extends Feature> = z.output<(typeof featureResultSchemas)[F]>;

const count = z.int().min(0);
/** Mean strength by emotion. */
const emotions = z.record(z.string(), share);

/** `day_summaries.summary`: what a device heard on one day. */
export const daySummarySchema = z.object({
  /** Recordings with all three features. */
  recordings: count,
  /** HH-mm-ss of the first and the last one. */
  firstAt: z.string(),
  lastAt: z.string(),
  speech: z.object({
    /** Recordings in which something was said. */
    recordings: count,
    characters: count,
    /** Of the sound "Speech". */
    seconds: z.number().min(0),
    /** Recordings by language. */
    languages: z.record(z.string(), count),
  }),
  sounds: z.record(z.string(), z.object({ events: count, seconds: z.number().min(0) })),
  emotions,
  /** By hour: "08". Only hours with recordings. */
  hours: z.record(
    z.string().regex(/^\d{2}$/),
    z.object({ recordings: count, characters: count, speechSeconds: z.number().min(0), emotions }),
  ),
  /** Results that did not have the expected form, by feature. */
  unreadable: z.record(z.enum(features), count),
});
export type DaySummary = z.output<typeof daySummarySchema>;

/** What an analysis points out. */
export const analysisFlags = [
  /** Fewer than half of the recordings of a usual day. */
  "few-recordings",
  /** Nothing was said all day, although that is usual. */
  "no-speech",
  "mood-falling",
  "unusual-sounds",
  /** More than a tenth of the results could not be read. */
  "unreadable-results",
] as const;

/** `day_analyses.analysis`: a day compared with the days before it. */
export const dayAnalysisSchema = z.object({
  recordings: count,
  /** How many of the seven days before have a summary. Fewer than three are no basis for a comparison. */
  baselineDays: count,
  mood: z.object({
    /** From -1 (unhappy) to 1 (happy); null if no emotion was found. */
    score: z.number().min(-1).max(1).nullable(),
    baseline: z.number().min(-1).max(1).nullable(),
    trend: z.enum(["rising", "steady", "falling", "unknown"]),
    /** The strongest emotion. */
    dominant: z.string().nullable(),
  }),
  /** "08"; null if nothing was said. */
  mostTalkativeHour: z.string().nullable(),
  /** Sounds that are far more frequent than on the days before; the most frequent first. */
  unusualSounds: z.array(
    z.object({
      label: z.string(),
      events: count,
      /** What the days before make one expect of as many recordings. */
      expectedEvents: z.number().min(0),
    }),
  ),
  flags: z.array(z.enum(analysisFlags)),
});
export type DayAnalysis = z.output<typeof dayAnalysisSchema>;

/** Message group of every message: the device. On a standard queue it makes the queue fair, on a FIFO queue it orders. */
export const messageGroup = ({ deviceId }: { deviceId: string }): string => deviceId;

/** Deduplication id of a recording on a FIFO queue: the same for a repeated upload notification of one object version. */
export const recordingDeduplicationId = ({
  recordingId,
  versionId = "",
}: Pick<RecordingMessage, "recordingId" | "versionId">): string =>
  `${recordingId}/${versionId}`.replaceAll(/[^\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]/g, "_");
