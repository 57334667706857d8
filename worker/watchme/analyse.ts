import type { DayAnalysis, DaySummary } from "../../contracts/watchme";

/** Fewer days are no basis for a comparison. */
const fewestDays = 3;

/** How an emotion counts: 1 is happy, -1 unhappy. Others, and surprise, say neither. */
const moods: Readonly<Record<string, number>> = {
  joy: 1,
  happiness: 1,
  happy: 1,
  sadness: -1,
  sad: -1,
  anger: -1,
  angry: -1,
  fear: -1,
  disgust: -1,
};

/** A change of the mood below this is no trend. */
const leastChange = 0.15;

const unusual = {
  /** Fewer are chance. */
  fewestEvents: 3,
  /** Times as many as expected. */
  factor: 3,
};

/** Compares a day with the days of the week before it that have a summary, in any order. */
export function analyse(day: DaySummary, daysBefore: readonly DaySummary[]): DayAnalysis {
  const baseline = daysBefore.length >= fewestDays ? daysBefore : [];
  const mood = moodOf(day, baseline);
  const unusualSounds = unusualSoundsOf(day, baseline);
  const unreadable = sum(Object.values(day.unreadable));
  const features = Object.keys(day.unreadable).length;
  return {
    recordings: day.recordings,
    baselineDays: daysBefore.length,
    mood,
    mostTalkativeHour: mostTalkativeHour(day),
    unusualSounds,
    flags: [
      ...flagIf(
        "few-recordings",
        day.recordings < mean(baseline.map(({ recordings }) => recordings)) / 2,
      ),
      ...flagIf("no-speech", isSilent(day) && baseline.length > 0 && !baseline.some(isSilent)),
      ...flagIf("mood-falling", mood.trend === "falling"),
      ...flagIf("unusual-sounds", unusualSounds.length > 0),
      ...flagIf("unreadable-results", unreadable > (day.recordings * features) / 10),
    ],
  };
}

const flagIf = <Flag extends DayAnalysis["flags"][number]>(flag: Flag, isSet: boolean): Flag[] =>
  isSet ? [flag] : [];

const isSilent = ({ speech }: DaySummary): boolean => speech.characters === 0;

function moodOf(day: DaySummary, baseline: readonly DaySummary[]): DayAnalysis["mood"] {
  const score = moodScore(day.emotions);
  const scores = baseline.map(({ emotions }) => moodScore(emotions)).filter((one) => one !== null);
  const usual = scores.length < fewestDays ? null : rounded(mean(scores));
  const [dominant] =
    Object.entries(day.emotions).sort(([, one], [, other]) => other - one)[0] ?? [];
  return {
    score,
    baseline: usual,
    trend: trendOf(score, usual),
    dominant: dominant ?? null,
  };
}

function trendOf(score: number | null, usual: number | null): DayAnalysis["mood"]["trend"] {
  if (score === null || usual === null) return "unknown";
  if (score >= usual + leastChange) return "rising";
  return score <= usual - leastChange ? "falling" : "steady";
}

/** The share of happy emotions minus the share of unhappy ones. Null if there are none at all. */
function moodScore(emotions: DaySummary["emotions"]): number | null {
  const all = sum(Object.values(emotions));
  if (all === 0) return null;
  const weighed = Object.entries(emotions).map(
    ([name, strength]) => (moods[name.toLowerCase()] ?? 0) * strength,
  );
  return rounded(sum(weighed) / all);
}

function mostTalkativeHour({ hours }: DaySummary): string | null {
  const talked = Object.entries(hours).filter(([, { characters }]) => characters > 0);
  const [hour] = talked.sort(
    ([one, { characters: ofOne }], [other, { characters: ofOther }]) =>
      ofOther - ofOne || one.localeCompare(other),
  )[0] ?? [null];
  return hour;
}

/** What is expected is the events per recording of the days before, times the recordings of this day. */
function unusualSoundsOf(
  day: DaySummary,
  baseline: readonly DaySummary[],
): DayAnalysis["unusualSounds"] {
  const recordings = sum(baseline.map((before) => before.recordings));
  if (recordings === 0) return [];
  return Object.entries(day.sounds)
    .map(([label, { events }]) => {
      const before = sum(baseline.map(({ sounds }) => sounds[label]?.events ?? 0));
      return { label, events, expectedEvents: rounded((before / recordings) * day.recordings) };
    })
    .filter(
      ({ events, expectedEvents }) =>
        events >= unusual.fewestEvents && events >= unusual.factor * expectedEvents,
    )
    .sort((one, other) => other.events - one.events || one.label.localeCompare(other.label));
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
/** 0 of nothing. */
const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : sum(values) / values.length;
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
