import { join } from "node:path";
import { features, type Feature } from "../../contracts/watchme";
import { projectFolder } from "../project-folder";
import { rehearsalHome } from "../rehearsal";
import { ApiHost } from "./api-host";
import { FakeApi } from "./fake-api";
import type { WatchmeRun, WatchmeStep } from "./run";

export const region = "ap-southeast-2";

/** Tag `Name` of the APIs' machine, as in Pulumi.yaml. */
const hostName = "watchme-server";

/** Shorter than in production. A worker needs five seconds besides the wait for its API. */
export const times = {
  workerTimeoutSeconds: 10,
  apiTimeoutSeconds: 3,
  visibilityTimeoutSeconds: 20,
  dashboardTimeoutSeconds: 3,
  dashboardBatchSize: 50,
  dashboardBatchingWindowSeconds: 1,
  backOffSeconds: 2,
};

export const apis: WatchmeStep = {
  name: "the three APIs are started",
  async run(run) {
    const { databaseUrl } = run.cloud;
    const start = (feature: Feature) => FakeApi.start({ feature, databaseUrl });
    const [asr, sed, ser] = await Promise.all([start("asr"), start("sed"), start("ser")]);
    const { endpoint, accountId } = run.cloud;
    const host = await ApiHost.start({
      cloud: { endpoint, accountId, region },
      client: run.client(region),
      apis: { "vibe-transcriber": asr, behavior: sed, emotion: ser },
      tag: { key: "Name", value: hostName },
      folder: join(rehearsalHome, "api-host"),
    });
    run.record({ apis: { asr, sed, ser }, host });
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
