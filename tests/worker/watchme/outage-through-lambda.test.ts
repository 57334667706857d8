import { join, resolve } from "node:path";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { strToU8, zipSync } from "fflate";
import { buildBundle } from "../../../components/bundle";
import type { RecordingMessage } from "../../../contracts/watchme";
import { FakeApi } from "../../../rehearsal/watchme/fake-api";
import { eventually } from "../../support/eventually";
import { QueueStage, region } from "../lambda/queue-stage";

const recording = (hour: string): RecordingMessage => ({
  recordingId: `device-1/2026-11-28/${hour}-00-00`,
  deviceId: "device-1",
  day: "2026-11-28",
  time: `${hour}-00-00`,
  bucket: "watchme-vault",
  key: `files/device-1/2026-11-28/${hour}-00-00/audio.wav`,
});
const hours = ["08", "09", "10", "11"];
const maxReceiveCount = 2;

describe("an API that fails for longer than a message has attempts, through Lambda", () => {
  const project = mkdtempSync(join(tmpdir(), "queuefleet-outage-"));
  let stage: QueueStage;
  let api: FakeApi;
  let lambda: LambdaClient;
  let iam: IAMClient;
  let logs: CloudWatchLogsClient;
  let deadLetters: string;
  before(async () => {
    api = await FakeApi.start({ feature: "asr" });
    stage = await QueueStage.create();
    const config = stage.account.clientConfig(region);
    lambda = new LambdaClient(config);
    iam = new IAMClient(config);
    logs = new CloudWatchLogsClient(config);
    const { QueueUrl = "" } = await stage.sqs.send(new CreateQueueCommand({ QueueName: "dlq" }));
    deadLetters = QueueUrl;
    await stage.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: stage.queueUrl,
        Attributes: {
          VisibilityTimeout: "300",
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: stage.queueArn.replace("jobs", "dlq"),
            maxReceiveCount,
          }),
        },
      }),
    );
  });
  after(async () => {
    for (const client of [lambda, iam, logs]) client.destroy();
    stage.destroy();
    await api.stop();
    rmSync(project, { recursive: true, force: true });
  });

  async function create(name: string, code: Uint8Array, variables: Record<string, string>) {
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "lambda.amazonaws.com" },
              Action: "sts:AssumeRole",
            },
          ],
        }),
      }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: "all",
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
        }),
      }),
    );
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: Role?.Arn,
        Timeout: 60,
        Code: { ZipFile: zipSync({ "index.js": code }) },
        Environment: { Variables: variables },
        Publish: true,
      }),
    );
    await lambda.send(
      new CreateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: "1" }),
    );
  }
  const count = async (QueueUrl: string) => {
    const { Attributes = {} } = await stage.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    return (["", "NotVisible", "Delayed"] as const)
      .map((kind) => Number(Attributes[`ApproximateNumberOfMessages${kind}`]))
      .reduce((sum, one) => sum + one, 0);
  };

  it("loses nothing, dead-letters nothing, and asks for a pause", async () => {
    await create(
      "back-pressure",
      strToU8("exports.handler = async (event) => console.log(JSON.stringify(event));"),
      {},
    );
    const { path } = buildBundle(
      resolve(__dirname, "../../../worker/watchme/api-worker.ts"),
      project,
    );
    await create("worker", readFileSync(join(project, path)), {
      WORKER: "asr",
      STATE_TABLE: stage.table,
      METRICS_NAMESPACE: "WatchMe/Worker",
      MAX_RECEIVE_COUNT: String(maxReceiveCount),
      BACK_OFF_SECONDS: "1",
      API_URL: api.url,
      API_TIMEOUT_SECONDS: "50",
      BACK_PRESSURE_FUNCTION: "back-pressure:live",
    });
    api.fault = "closes";
    for (const hour of hours) {
      await stage.send(JSON.stringify(recording(hour)), { group: "device-1" });
    }
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: "worker:live",
        EventSourceArn: stage.queueArn,
        BatchSize: 10,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
      }),
    );
    const isSentAgain = async () =>
      (await stage.messages()).every(({ receiveCount }) => receiveCount < maxReceiveCount);
    await eventually("every message has used up its attempts and was sent again", async () => {
      return api.attempts >= hours.length * maxReceiveCount && (await isSentAgain());
    });
    api.fault = "none";
    await eventually("the API got all of the work", () => api.accepted.size === hours.length);
    await eventually("the queue is empty", async () => (await count(stage.queueUrl)) === 0);
    expect(await count(deadLetters)).to.equal(0);
    expect(api.repeated).to.equal(0);

    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: "/aws/lambda/back-pressure" }),
    );
    expect(events.map(({ message }) => message).join("\n")).to.include('"pause":"asr"');
  });
});
