import { LambdaClient } from "@aws-sdk/client-lambda";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { messageGroup, type AnalysisMessage } from "../../contracts/watchme";
import { waitUntil } from "../../local/process/wait";
import { deployByHand } from "../deploy-by-hand";
import { ops } from "../ops";
import { readableText } from "../slack-endpoint";
import { expectAll } from "../steps/step";
import { deadLettersOf, messagesOf } from "./counts";
import { day, incidentDevices } from "./recordings";
import type { WatchmeRun, WatchmeStep } from "./run";

/** As many as in the incident. */
const messages = 991;
const key = "dashboard-analysis";
const deviceOf = (index: number) => `${incidentDevices}${index}`;

export const brokenDeploy: WatchmeStep = {
  name: "dashboard-analysis is deployed by hand with a missing module: people are notified, it is rolled back, and all is analysed after a redrive",
  async run(run, showProgress) {
    await insertSummaries(run);
    const broken = await deployBroken(run);
    await sendAll(run);
    showProgress(`${messages} messages sent to version ${broken}`);
    const { name = "" } = run.get("system").functions[key] ?? {};
    const notices = () =>
      run.slack.received.map(readableText).filter((text) => text.includes(`${name}-error-rate`));
    let dead = 0;
    await waitUntil(
      async () => {
        dead = await deadLettersOf(run, key);
        showProgress(`${dead} of ${messages} dead-lettered`);
        return dead >= messages && notices().length > 0;
      },
      { what: "all messages dead-lettered, and a message about the error rate", withinMs: 180_000 },
    );
    const rolledBack = await ops<{ seconds: number }>([
      ...["rollback", "dev", run.name, key, "--yes"],
    ]);
    showProgress("rolled back");
    // What has attempts left either succeeds now, or was received for the last time and comes to the dead letters too.
    await waitUntil(async () => (await messagesOf(run, key)) === 0, {
      what: "the queue to be empty after the rollback",
      withinMs: 180_000,
      everyMs: 200,
    });
    const redriven = await ops<{ moved: number }>([
      ...["dlq", "redrive", "dev", `${run.name}/${key}`, "--yes"],
    ]);
    let analysed = 0;
    await waitUntil(
      async () => {
        analysed = await analysedOf(run);
        showProgress(`${analysed} of ${messages} analysed`);
        return analysed === messages;
      },
      { what: `all ${messages} days to be analysed`, withinMs: 240_000, everyMs: 200 },
    );
    expectAll({
      [`all dead letters were redriven, the ${messages} and at most one for each uploaded recording: ${redriven.moved}`]:
        redriven.moved >= dead && redriven.moved <= messages + run.get("recordings"),
      "the dead-letter queue is empty": (await deadLettersOf(run, key)) === 0,
    });
    return `version ${broken} failed ${dead} messages; Slack: "${notices()[0]?.split("\n")[0]}"; rolled back in ${rolledBack.seconds.toFixed(1)} s, ${redriven.moved} redriven, ${analysed} analysed`;
  },
};

/** Resolves to the version. */
async function deployBroken(run: WatchmeRun): Promise<string> {
  const lambda = new LambdaClient(run.client());
  const code = 'require("a-module-that-nobody-bundled");\nexports.handler = async () => {};\n';
  const version = await deployByHand(lambda, run.get("system").functions[key], code);
  lambda.destroy();
  return version;
}

/** The summaries that the messages are about. */
async function insertSummaries(run: WatchmeRun): Promise<void> {
  const { rows } = await run.database.query<{ summary: object }>(
    "select summary from day_summaries limit 1",
  );
  const devices = Array.from({ length: messages }, (_, index) => deviceOf(index));
  await run.database.query(
    `insert into day_summaries (device_id, day, recordings, summary, updated_at)
     select device, $2::date, 1, $3::jsonb, now() from unnest($1::text[]) as device`,
    [devices, day, JSON.stringify(rows[0]?.summary)],
  );
}

async function analysedOf(run: WatchmeRun): Promise<number> {
  const { rows } = await run.database.query<{ count: string }>(
    "select count(*) from day_analyses where device_id like $1",
    [`${incidentDevices}%`],
  );
  return Number(rows[0]?.count);
}

async function sendAll(run: WatchmeRun): Promise<void> {
  const sqs = new SQSClient(run.client());
  const QueueUrl = run.get("system").queues[key]?.url;
  for (let from = 0; from < messages; from += 10) {
    const Entries = Array.from({ length: Math.min(10, messages - from) }, (_, offset) => {
      const message: AnalysisMessage = { deviceId: deviceOf(from + offset), day, recordings: 1 };
      return {
        Id: String(offset),
        MessageBody: JSON.stringify(message),
        MessageGroupId: messageGroup(message),
      };
    });
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
  sqs.destroy();
}
