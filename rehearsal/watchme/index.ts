import type { Rehearsal } from "../rehearsal";
import type { SlackEndpoint } from "../slack-endpoint";
import { deploy, repeat } from "../steps/deploy";
import { deployer } from "../steps/deployer";
import { webhook } from "../steps/start";
import { bound } from "../steps/step";
import type { RehearsedSystem } from "../rehearsed-system";
import { SystemRun } from "../system-run";
import { apis, region } from "./apis";
import { brokenDeploy } from "./broken-deploy";
import { fifoMigration } from "./fifo";
import { pipeline } from "./recordings";
import { refusedRoles } from "./roles";
import { stall } from "./stall";
import type { WatchmeRun } from "./run";

export function watchme(rehearsal: Rehearsal, slack: SlackEndpoint): RehearsedSystem {
  const run: WatchmeRun = new SystemRun(rehearsal, "watchme", slack);
  const counts = () => ({
    recordings: run.find("recordings") ?? 0,
    analysed: run.find("analysed") ?? 0,
    resources: run.find("resources") ?? 0,
  });
  return {
    run,
    stages: bound(run, [
      webhook(region),
      apis,
      deployer,
      deploy,
      refusedRoles,
      pipeline,
      // Both mostly wait, for different queues.
      [stall, brokenDeploy],
      fifoMigration,
      repeat,
    ]),
    counts,
    summary: () => `${counts().recordings} recordings, ${counts().analysed} of them analysed`,
    deadLetters: () => Promise.resolve([]),
    charted: ["sed", "dashboard-analysis"],
    commands: () => ({
      "the analyses": `psql "$(node -p 'require("${rehearsal.cloudFile}").databaseUrl')" -c "select device_id, day, recordings, analysis from day_analyses"`,
    }),
    close: async () => {
      await run.find("host")?.stop();
      await Promise.all(Object.values(run.find("apis") ?? {}).map((api) => api.stop()));
    },
  };
}
