import {
  featureResultSchemas,
  features,
  type DaySummary,
  type Feature,
  type FeatureResult,
} from "../../contracts/watchme";

/** A recording with what the APIs wrote about it, not read yet. */
export interface RecordingResults {
  /** HH-mm-ss */
  time: string;
  results: Record<Feature, unknown>;
}

/** Detections below this are guesses and are not counted. */
const leastConfidence = 0.3;

const speechLabel = "Speech";

/** Sums up the recordings of one device and day. There is at least one. A result that cannot be read is counted and left
 *  out; the other results of its recording count. */
export function summarise(recordings: readonly RecordingResults[]): DaySummary {
  const read = recordings.map(({ time, results }) => ({ time, ...readResults(results) }));
  const times = recordings.map(({ time }) => time).sort();
  const sounds = new Map<string, { events: number; seconds: number }>();
  for (const event of read.flatMap(({ events }) => events)) {
    const sound = sounds.get(event.label) ?? { events: 0, seconds: 0 };
    sounds.set(event.label, {
      events: sound.events + 1,
      seconds: sound.seconds + event.end_seconds - event.start_seconds,
    });
  }
  const hours = Map.groupBy(read, ({ time }) => time.slice(0, 2));
  return {
    recordings: recordings.length,
    firstAt: times.at(0) ?? "",
    lastAt: times.at(-1) ?? "",
    speech: {
      recordings: read.filter(({ characters }) => characters > 0).length,
      characters: sum(read.map(({ characters }) => characters)),
      seconds: rounded(sum(read.map(({ speechSeconds }) => speechSeconds))),
      languages: counted(read.flatMap(({ language }) => language ?? [])),
    },
    sounds: Object.fromEntries(
      sorted([...sounds]).map(([label, { events, seconds }]) => [
        label,
        { events, seconds: rounded(seconds) },
      ]),
    ),
    emotions: meanEmotions(read.map(({ emotions }) => emotions)),
    hours: Object.fromEntries(
      sorted([...hours]).map(([hour, ofHour]) => [
        hour,
        {
          recordings: ofHour.length,
          characters: sum(ofHour.map(({ characters }) => characters)),
          speechSeconds: rounded(sum(ofHour.map(({ speechSeconds }) => speechSeconds))),
          emotions: meanEmotions(ofHour.map(({ emotions }) => emotions)),
        },
      ]),
    ),
    unreadable: Object.fromEntries(
      features.map((feature) => [
        feature,
        read.filter(({ unreadable }) => unreadable.includes(feature)).length,
      ]),
    ) as Record<Feature, number>,
  };
}

interface ReadResults {
  characters: number;
  language: string | undefined;
  events: FeatureResult<"sed">["events"];
  speechSeconds: number;
  /** Undefined if they could not be read. */
  emotions: FeatureResult<"ser">["emotions"] | undefined;
  unreadable: Feature[];
}

function readResults(results: RecordingResults["results"]): ReadResults {
  const asr = featureResultSchemas.asr.safeParse(results.asr);
  const sed = featureResultSchemas.sed.safeParse(results.sed);
  const ser = featureResultSchemas.ser.safeParse(results.ser);
  const text = asr.data?.text.trim() ?? "";
  const events = (sed.data?.events ?? []).filter(({ confidence }) => confidence >= leastConfidence);
  return {
    // Characters as a person counts them: of Japanese, one code unit is not always one.
    characters: [...text].length,
    language: text === "" ? undefined : asr.data?.language,
    events,
    speechSeconds: sum(
      events
        .filter(({ label }) => label === speechLabel)
        .map(({ start_seconds: start, end_seconds: end }) => end - start),
    ),
    emotions: ser.data?.emotions,
    unreadable: Object.entries({ asr, sed, ser }).flatMap(([feature, { success }]) =>
      success ? [] : [feature as Feature],
    ),
  };
}

/** By emotion, over the recordings that have any. An emotion that one of them does not name is 0 there. */
function meanEmotions(
  all: readonly (Record<string, number> | undefined)[],
): Record<string, number> {
  const known = all.filter(
    (emotions) => emotions !== undefined && Object.keys(emotions).length > 0,
  );
  const names = [...new Set(known.flatMap((emotions) => Object.keys(emotions ?? {})))].sort();
  return Object.fromEntries(
    names.map((name) => [
      name,
      rounded(sum(known.map((emotions) => emotions?.[name] ?? 0)) / known.length),
    ]),
  );
}

const counted = (values: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    sorted([...Map.groupBy(values, (value) => value)]).map(([value, same]) => [value, same.length]),
  );

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const sorted = <Value>(entries: [string, Value][]): [string, Value][] =>
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
