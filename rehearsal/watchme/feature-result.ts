import { createHash } from "node:crypto";
import type { Feature, FeatureResult } from "../../contracts/watchme";
import { Random } from "../files/random";

const sentences = [
  ...["おはようございます。", "今日はいい天気ですね。", "ごはんができましたよ。"],
  ...["ちょっと待ってください。", "公園に行きましょう。", "また明日。"],
] as const;
const sounds = ["Speech", "Music", "Dog", "Door", "Laughter", "Water", "Cough"] as const;
const emotions = ["joy", "sadness", "anger", "surprise", "neutral"] as const;
/** Length of a recording. */
const seconds = 60;

/** What an API could find out about a recording: for the same recording always the same. */
export function featureResult(feature: Feature, recordingId: string): FeatureResult<Feature> {
  const hash = createHash("sha256").update(`${feature}/${recordingId}`).digest();
  const random = new Random(hash.readInt32LE());
  return makers[feature](random);
}

const share = (random: Random, least = 0): number =>
  Math.round((least + random.next() * (1 - least)) * 1000) / 1000;

const makers: { [F in Feature]: (random: Random) => FeatureResult<F> } = {
  asr: (random) => {
    const text = Array.from({ length: random.between(0, 4) }, () => random.pick(sentences)).join(
      "",
    );
    return { text, language: "ja", confidence: share(random, 0.6) };
  },
  sed: (random) => ({
    events: Array.from({ length: random.between(0, 6) }, () => {
      const start = random.between(0, seconds - 10);
      return {
        label: random.pick(sounds),
        confidence: share(random, 0.2),
        start_seconds: start,
        end_seconds: start + random.between(1, 10),
      };
    }),
  }),
  ser: (random) => ({
    emotions: Object.fromEntries(emotions.map((name) => [name, share(random)])),
  }),
};
