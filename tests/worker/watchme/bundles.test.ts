import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { buildBundle } from "../../../components/bundle";
import { checkEvent, functionCheckAnswerSchema } from "../../../contracts/function-check";
import { DatabaseStage } from "./database-stage";
import { region } from "../lambda/queue-stage";

const queue = {
  STATE_TABLE: "state",
  METRICS_NAMESPACE: "WatchMe/Worker",
  MAX_RECEIVE_COUNT: "3",
};
const database = { DATABASE_URL_PARAMETER: DatabaseStage.parameter };
const url = "https://sqs.ap-southeast-2.amazonaws.com/123456789012/a";

/** The environment of each function, as its component sets it. */
const functions: Record<string, Record<string, string>> = {
  "audio-processor": {
    ...database,
    QUEUE_URLS: JSON.stringify({ asr: url, sed: url, ser: url }),
  },
  "api-worker": {
    ...queue,
    WORKER: "sed",
    API_URL: "https://api.example.com/behavior",
    API_TIMEOUT_SECONDS: "50",
    BACK_PRESSURE_FUNCTION: "watchme-back-pressure",
  },
  "aggregator-checker": { ...database, SUMMARY_QUEUE_URL: url },
  "dashboard-summary": {
    ...{ ...queue, ...database },
    WORKER: "dashboard-summary",
    ANALYSIS_QUEUE_URL: url,
  },
  "dashboard-analysis": { ...queue, ...database, WORKER: "dashboard-analysis" },
};

/** Calls the handler of a bundle as Lambda does, in a process that has nothing but the bundle. */
const caller = `
  const { handler } = require(process.argv[1]);
  const context = { functionName: "f", functionVersion: "3", getRemainingTimeInMillis: () => 60000 };
  handler(JSON.parse(process.argv[2]), context).then(
    (answer) => process.stdout.write(JSON.stringify(answer), () => process.exit(0)),
    (error) => process.stderr.write(String(error), () => process.exit(1)),
  );`;

describe("the functions of WatchMe, bundled", () => {
  const project = mkdtempSync(join(tmpdir(), "queuefleet-bundles-"));
  let stage: DatabaseStage;
  before(async () => {
    stage = await DatabaseStage.create();
  });
  after(async () => {
    await stage.destroy();
    rmSync(project, { recursive: true, force: true });
  });

  for (const [name, variables] of Object.entries(functions)) {
    it(`${name} loads on its own, answers the check of a deployment, and names all faults of its environment`, () => {
      const entry = resolve(__dirname, `../../../worker/watchme/${name}.ts`);
      const bundle = buildBundle(entry, project);
      expect(bundle.bytes).to.be.below(3_500_000);
      const call = (env: Record<string, string>) =>
        spawnSync(
          process.execPath,
          ["-e", caller, join(project, bundle.path), checkEvent("test")],
          {
            cwd: project,
            encoding: "utf8",
            env: { ...stage.queue.account.environment(region), ...env },
          },
        );
      const good = call(variables);
      expect(good.stderr).to.equal("");
      expect(functionCheckAnswerSchema.parse(JSON.parse(good.stdout)).version).to.equal("3");

      const bad = call({});
      expect(bad.status).to.equal(1);
      const missing = Object.keys(variables).filter((key) => key !== "BACK_PRESSURE_FUNCTION");
      for (const key of missing) expect(bad.stderr).to.include(`- ${key} is not set`);
    });
  }
});
