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

/** Body of the request to an API. `Idempotency-Key: <recordingId>/<feature>` comes with it. */
export const apiRequestSchema = z.object({
  recording_id: z.string(),
  device_id: z.string(),
  recorded_at: z.string(),
  bucket: z.string(),
  key: z.string(),
});

/** Message group of every message: the device. On a standard queue it makes the queue fair, on a FIFO queue it orders. */
export const messageGroup = ({ deviceId }: { deviceId: string }): string => deviceId;

/** Deduplication id of a recording on a FIFO queue: the same for a repeated upload notification of one object version. */
export const recordingDeduplicationId = ({
  recordingId,
  versionId = "",
}: Pick<RecordingMessage, "recordingId" | "versionId">): string =>
  `${recordingId}/${versionId}`.replaceAll(/[^\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]/g, "_");
