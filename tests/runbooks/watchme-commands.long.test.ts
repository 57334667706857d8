import { expect } from "chai";
import { eventually } from "../support/eventually";
import { tryCommands, type Trial } from "./trials";
import { WatchmeDeployment } from "./watchme-deployment";

const stateOf = async (deployment: WatchmeDeployment) => (await deployment.mapping("sed")).State;

const becomes = (deployment: WatchmeDeployment, state: string) =>
  eventually(
    `the mapping of sed to be ${state}`,
    async () => (await stateOf(deployment)) === state,
  );

const pause = async (deployment: WatchmeDeployment) => {
  // Not "hangs": a probe would take ten seconds, in which the fast clock sends many ticks.
  deployment.apis.sed.fault = "closes";
  await deployment.call("back-pressure", { pause: "sed", reason: "a test" });
  await becomes(deployment, "Disabled");
};

const restartsOf = ({ outputs }: WatchmeDeployment, api: string) => ({
  TableName: String(outputs.functions["back-pressure"]?.name).replace("back-pressure", "state"),
  Key: { id: { S: `restarts#${api}` } },
});

const restarts = async (deployment: WatchmeDeployment, api: string): Promise<string> => {
  const { Item } = await deployment.dynamo.getItem(restartsOf(deployment, api));
  return Item?.history?.S ?? "";
};

/** In this order, because each continues with what the ones before it have left. */
const trials: Trial<WatchmeDeployment>[] = [
  {
    about: "ops names",
    check: (printed) => expect(printed).to.include("#dashboards/dashboard/watchme"),
  },
  {
    about: "'EventSourceMappings[].[UUID,State,ScalingConfig",
    check: (printed) => expect(printed).to.match(/Enabled *\| *10 *\|.*watchme-asr-queue/),
  },
  {
    about: "begins_with(id, :breaker)",
    breaks: pause,
    check: (printed) => expect(printed).to.match(/breaker#sed *\| *open *\|.*a test/),
  },
  {
    about: '?"work paused"',
    check: (printed) => expect(printed).to.include("work paused").and.include("a test"),
  },
  {
    about: "SET #state = :closed",
    typed: () => "sed",
    check: (_, deployment) => becomes(deployment, "Enabled"),
  },
  {
    about: "REMOVE mappings",
    breaks: pause,
    typed: () => "sed",
    check: async (_, deployment) => {
      deployment.apis.sed.fault = "none";
      await deployment.call("back-pressure", { tick: true });
      await deployment.call("back-pressure", { tick: true });
      await deployment.call("back-pressure", { tick: true });
      expect(await stateOf(deployment)).to.equal("Disabled");
    },
  },
  {
    about: "[?State!='Enabled']",
    check: async (printed, deployment) =>
      expect(printed).to.include(String((await deployment.mapping("sed")).UUID)),
  },
  {
    about: "scheduler get-schedule",
    breaks: (deployment) => deployment.call("back-pressure", { tick: true }),
    check: (printed) =>
      expect(printed)
        .to.match(/ENABLED\s+rate\(1 minute\)/)
        .and.include("mapping disabled by others"),
  },
  {
    about: "update-event-source-mapping --uuid",
    typed: async (deployment) => String((await deployment.mapping("sed")).UUID),
    check: (_, deployment) => becomes(deployment, "Enabled"),
  },
  {
    about: "up --refresh",
    breaks: async (deployment) => {
      const { UUID } = await deployment.mapping("ser");
      await deployment.lambda.deleteEventSourceMapping({ UUID });
    },
    check: async (_, deployment) =>
      expect((await deployment.mapping("ser")).State).to.equal("Enabled"),
  },
  {
    about: "'{\"tick\":true}'",
    check: (printed) =>
      expect(printed)
        .to.match(/"StatusCode": 200/)
        .and.not.include("FunctionError"),
  },
  {
    about: '?"the api is not healthy"',
    breaks: (deployment) => {
      deployment.apis.sed.fault = "health hangs";
      return deployment.call("api-health", {});
    },
    check: (printed) =>
      expect(printed).to.include("the api is not healthy").and.include("behavior"),
  },
  {
    about: "Environment.Variables.APIS",
    check: (printed, { apis }) => expect(printed).to.include(`${apis.sed.url}/health`),
  },
  {
    about: "'{}' > /tmp/probe.json",
    check: (printed) =>
      expect(printed)
        .to.match(/"StatusCode": 200/)
        .and.not.include("FunctionError"),
  },
  {
    about: "send-command",
    typed: () => "behavior",
    check: (printed) => expect(printed).to.include("vibe-transcriber"),
  },
  {
    about: "list-command-invocations",
    breaks: ({ host }) => host.run(() => ({ exitCode: 0, stdout: "behavior is up\n" })),
    check: (printed, { host }) =>
      expect(printed).to.include(host.instanceId).and.include("Success").and.include("is up"),
  },
  {
    about: '?"restart command sent"',
    breaks: async (deployment) => {
      // An earlier fault may have caused a restart already, and the next one would come ten minutes later.
      await deployment.dynamo.deleteItem(restartsOf(deployment, "behavior"));
      // Then the alarm on its work path fires, and the restart fails.
      deployment.apis.sed.fault = "closes";
      await eventually(
        "a restart that fails",
        async () => {
          const failed = { exitCode: 1, stderr: "no such container" };
          return (await deployment.host.run(() => failed)).length > 0;
        },
        200_000,
      );
      await eventually("the restart's end", async () => {
        await deployment.call("api-restart", {});
        return (await restarts(deployment, "behavior")).includes("gaveUp");
      });
    },
    check: (printed) => expect(printed).to.include("restart command sent").and.include("gave up"),
  },
  {
    about: "begins_with(id, :restarts)",
    check: (printed) =>
      expect(printed).to.include("restarts#behavior").and.include("no such container"),
  },
  {
    about: "describe-instance-information",
    check: (printed, { host }) => expect(printed).to.include(host.instanceId),
  },
  {
    about: "dynamodb delete-item",
    typed: () => "behavior",
    breaks: (deployment) => Promise.resolve((deployment.apis.sed.fault = "none")),
    check: async (_, deployment) =>
      expect(await restarts(deployment, "behavior")).not.to.include("gaveUp"),
  },
  {
    about: '?"timed out"',
    breaks: async ({ lambda, outputs }) => {
      await lambda.invoke({ FunctionName: outputs.functions.asr?.name, Payload: '{"Records":7}' });
    },
    typed: ({ outputs }) => String(outputs.functions.asr?.name),
    check: (printed) => expect(printed).to.match(/error/i),
  },
  {
    about: "get-function-concurrency",
    typed: ({ outputs }) => String(outputs.functions.asr?.name),
    check: (printed) => expect(printed).to.include("None"),
  },
  {
    about: "/tmp/failed-call.json",
    breaks: async ({ sqs, outputs }) => {
      const QueueName = outputs.functions["audio-processor"]?.failedCalls;
      const { QueueUrl } = await sqs.getQueueUrl({ QueueName });
      // On a busy machine, calls of the steps before may have failed.
      await sqs.purgeQueue({ QueueUrl });
      await sqs.sendMessage({ QueueUrl, MessageBody: JSON.stringify({ Records: [] }) });
    },
    typed: ({ outputs }) => String(outputs.functions["audio-processor"]?.name),
    check: async (_, { sqs, outputs }) => {
      const QueueName = outputs.functions["audio-processor"]?.failedCalls;
      const { QueueUrl } = await sqs.getQueueUrl({ QueueName });
      const { Attributes } = await sqs.getQueueAttributes({
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      });
      expect(Object.values(Attributes ?? {})).to.deep.equal(["0", "0"]);
    },
  },
  {
    about: 'ops rollback $ENVIRONMENT $SYSTEM "$NAME"',
    breaks: (deployment) =>
      deployment.release("worker/watchme/api-worker.ts", 'process.title = "unwanted";'),
    typed: () => "asr",
    check: async (_, { lambda, outputs }) => {
      const { name: FunctionName, alias: Name } = outputs.functions.asr ?? {};
      const { FunctionVersion } = await lambda.getAlias({ FunctionName, Name });
      expect(FunctionVersion).to.equal("1");
    },
  },
  {
    about: 'ops function check $ENVIRONMENT $SYSTEM "$NAME"',
    typed: () => "asr",
    check: (printed) => expect(printed).to.match(/asr +1 +yes +yes/),
  },
];

tryCommands("watchme", () => WatchmeDeployment.create(), trials);
