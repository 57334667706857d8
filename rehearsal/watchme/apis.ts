import { features, type Feature } from "../../contracts/watchme";
import { projectFolder } from "../project-folder";
import { FakeApi } from "./fake-api";
import type { WatchmeRun, WatchmeStep } from "./run";

/** Production's times, 15 times as short. */
export const times = {
  workerTimeoutSeconds: 4,
  apiTimeoutSeconds: 3,
  visibilityTimeoutSeconds: 20,
  dashboardTimeoutSeconds: 5,
};

export const apis: WatchmeStep = {
  name: "the three APIs are started",
  async run(run) {
    const { databaseUrl } = run.cloud;
    const start = (feature: Feature) => FakeApi.start({ feature, databaseUrl });
    const [asr, sed, ser] = await Promise.all([start("asr"), start("sed"), start("ser")]);
    run.record({ apis: { asr, sed, ser } });
    await configure(run);
    return features.map((feature) => `${feature} ${run.get("apis")[feature].url}`).join(", ");
  },
};

/** The system with the addresses of these APIs, shorter times, and `more`. */
export async function configure(
  run: WatchmeRun,
  more: Record<string, unknown> = {},
): Promise<void> {
  const { asr, sed, ser } = run.get("apis");
  run.project = await projectFolder({
    system: run.name,
    name: "watchme",
    config: {
      ...times,
      vibeTranscriberApiUrl: asr.url,
      behaviorApiUrl: sed.url,
      emotionApiUrl: ser.url,
      ...more,
    },
  });
}
