import { readdirSync } from "node:fs";
import { expect } from "chai";
import { eventually } from "../support/eventually";
import { Deployment } from "./deployment";
import { tryCommands, type Trial } from "./trials";

let goodVersion: string | undefined;

/** In this order, because each continues with what the ones before it have left. */
const trials: Trial<Deployment>[] = [
  {
    about: "ops names",
    check: (printed) => expect(printed).to.include("#dashboards/dashboard/cis-filesearch-dev"),
  },
  {
    about: "Instances[].[InstanceId,LifecycleState",
    breaks: (deployment) => inService(deployment),
    check: (printed) => expect(printed).to.match(/i-[0-9a-f]+ *\| *InService/),
  },
  {
    about: "describe-scaling-activities",
    check: (printed) => expect(printed).to.include("Launching a new EC2 instance"),
  },
  {
    about: "describe-log-streams",
    check: (printed) => expect(printed).to.match(/i-[0-9a-f]+\t\d{13}/),
  },
  {
    about: "ApproximateNumberOfMessagesDelayed",
    check: (printed) => expect(JSON.parse(printed)).to.include.keys("waiting", "inFlight"),
  },
  {
    about: "describe-alarms",
    breaks: async (deployment) => {
      await badFile(deployment, "first.pdf", 1);
      await eventually("the alarm", async () => {
        const { MetricAlarms = [] } = await deployment.clients.cloudWatch.describeAlarms({
          AlarmNames: [`${deployment.queue.name}-dlq-depth-warning`],
        });
        return MetricAlarms[0]?.StateValue === "ALARM";
      });
    },
    check: (printed) => expect(printed).to.include("dlq-depth-warning"),
  },
  {
    about: "--message-system-attribute-names All",
    check: (printed) => expect(printed).to.include("deadLetterReason").and.include("first.pdf"),
  },
  {
    about: "deadLetterReason.StringValue",
    // The trial before hides its message for 30 seconds.
    breaks: (deployment) => badFile(deployment, "second.pdf", 2),
    check: (printed) => expect(JSON.parse(printed)).to.have.length(1),
  },
  {
    about: '"$QUEUE_NAME" --dry-run',
    breaks: (deployment) => badFile(deployment, "third.pdf", 3),
    // The trials before hide their messages for 30 seconds.
    check: (printed) => expect(printed).to.include("third.pdf").and.include("visible again"),
  },
  {
    about: '"$QUEUE_NAME" --yes',
    check: async (printed, deployment) => {
      expect(printed).to.include("3 messages moved from");
      // Tried again, and dead-lettered again.
      await deadLetters(deployment, 3);
    },
  },
  {
    about: '"$DLQ_URL" --receipt-handle',
    check: async (printed, deployment) => {
      expect(await deployment.messages(deployment.queue.deadLetter.url)).to.be.below(3);
      const kept = readdirSync(String(deployment.environment.HOME));
      expect(kept.filter((name) => name.startsWith("dead-letters-"))).to.have.length(1);
    },
  },
  {
    about: '$.level = "error"',
    breaks: (deployment) =>
      deployment.write(deployment.fleet.logGroupName, { level: "error", msg: "no such table" }),
    check: (printed) => expect(printed).to.include("no such table"),
  },
  ...["cannot be used", "cannot be deleted", "tried again"].map((words): Trial<Deployment> => ({
    about: `'"${words}"'`,
    breaks: (deployment) =>
      deployment.write(deployment.fleet.logGroupName, { level: "warn", msg: `it ${words} here` }),
    check: (printed) => expect(printed).to.include(`it ${words} here`),
  })),
  {
    about: '--log-group-name "$SLACK_NOTIFIER_LOG_GROUP"',
    breaks: (deployment) =>
      deployment.write(String(deployment.outputs.functions["slack-notifier"]?.logGroupName), {
        errorType: "Error",
        errorMessage: "Slack answered 404",
      }),
    check: (printed) => expect(printed).to.include("Slack answered 404"),
  },
  {
    about: "RELEASE_GUARD_LOG_GROUP",
    breaks: (deployment) =>
      deployment.write(String(deployment.outputs.functions["release-guard"]?.logGroupName), {
        msg: "no rollback",
        because: "no release is under way",
      }),
    check: (printed) => expect(printed).to.include("no release is under way"),
  },
  {
    about: "describe-parameters",
    breaks: ({ clients }) =>
      clients.ssm.putParameter({
        Name: "/file-search/dev/slack-webhook-url",
        Type: "SecureString",
        Value: "https://127.0.0.1:9/removed",
      }),
    check: (printed) => expect(printed).to.include("SecureString"),
  },
  {
    about: "read -rs VALUE",
    typed: () => "https://127.0.0.1:9/new",
    check: async (printed, { clients }) => {
      expect(printed).not.to.include("127.0.0.1:9");
      const Name = "/file-search/dev/slack-webhook-url";
      const { Parameter } = await clients.ssm.getParameter({ Name, WithDecryption: true });
      expect(Parameter?.Value).to.equal("https://127.0.0.1:9/new");
    },
  },
  {
    about: "get-schedule",
    check: (printed) => expect(printed).to.include("ENABLED"),
  },
  {
    about: "SLACK_NOTIFIER_DLQ_NAME",
    breaks: async (deployment) => {
      const QueueUrl = await notices(deployment);
      // The notifier cannot send anything here, and the command takes ten notices at a time.
      await deployment.clients.sqs.purgeQueue({ QueueUrl });
      await deployment.clients.sqs.sendMessage({ QueueUrl, MessageBody: "a lost notice" });
    },
    check: async (printed, deployment) => {
      expect(printed).to.include("a lost notice");
      // What it took, it deleted. Notices of the alarms that fire here may arrive meanwhile.
      expect(await deployment.messagesInFlight(await notices(deployment))).to.equal(0);
    },
  },
  {
    about: "preview --refresh",
    breaks: async ({ clients: { iam } }) => {
      const { right, document } = await workerRights(iam);
      const PolicyDocument = document.replace('"sqs:DeleteMessage",', "");
      expect(PolicyDocument).not.to.equal(document);
      await iam.putRolePolicy({ ...right, PolicyDocument });
    },
    check: (printed) => expect(printed).to.include("sqs:DeleteMessage"),
  },
  {
    about: "up --refresh",
    breaks: ({ clients, fleet: { bundle } }) =>
      clients.s3.deleteObject({ Bucket: bundle.bucket, Key: bundle.key }),
    check: async (_, { clients, fleet: { bundle } }) => {
      expect((await workerRights(clients.iam)).document).to.include("sqs:DeleteMessage");
      await clients.s3.headObject({ Bucket: bundle.bucket, Key: bundle.key });
    },
  },
  ...[4, 1].map((machines): Trial<Deployment> => ({
    about: `config set machinesMaximum ${machines}`,
    check: async (_, deployment) => expect((await deployment.group())?.MaxSize).to.equal(machines),
  })),
  {
    about: "config set visibilityTimeoutSeconds",
    check: async (_, { clients, queue }) => {
      const { Attributes } = await clients.sqs.getQueueAttributes({
        QueueUrl: queue.url,
        AttributeNames: ["VisibilityTimeout"],
      });
      expect(Attributes?.VisibilityTimeout).to.equal("1800");
    },
  },
  {
    about: "terminate-instance-in-auto-scaling-group",
    breaks: (deployment) => inService(deployment),
    typed: async (deployment) => String((await deployment.machines())[0]?.InstanceId),
    check: async (printed, deployment) => {
      const [gone] = /i-[0-9a-f]+/.exec(printed) ?? [];
      expect(gone).to.be.a("string");
      await eventually("another machine in service", async () => {
        const [only, ...others] = await deployment.machines();
        const isNew = only?.InstanceId !== gone && only?.LifecycleState === "InService";
        return isNew && others.length === 0;
      });
    },
  },
  {
    about: "start-instance-refresh",
    breaks: ({ clients, fleet }) =>
      eventually("the end of the refresh before", async () => {
        const { InstanceRefreshes = [] } = await clients.autoScaling.describeInstanceRefreshes({
          AutoScalingGroupName: fleet.autoScalingGroupName,
        });
        return InstanceRefreshes.every(({ EndTime }) => EndTime !== undefined);
      }),
    check: (printed) => expect(printed).to.include("InstanceRefreshId"),
  },
  {
    about: "describe-instance-refreshes",
    check: (printed) => expect(printed).to.match(/Pending|InProgress|Successful/),
  },
  {
    about: "ops rollback $ENVIRONMENT $SYSTEM --dry-run",
    breaks: async (deployment) => {
      goodVersion = await deployment.version();
      await deployment.release({
        file: "worker/main.ts",
        from: /^/,
        to: 'process.title = "unwanted";\n',
      });
      await inService(deployment);
    },
    check: (printed) => expect(printed).to.include("version"),
  },
  {
    about: "ops rollback $ENVIRONMENT $SYSTEM --yes",
    check: async (_, deployment) => {
      expect(goodVersion).to.be.a("string");
      expect(await deployment.version()).to.equal(goodVersion);
    },
  },
  {
    about: "release-hold show $ENVIRONMENT $SYSTEM\n",
    check: (printed) => expect(printed).to.include("held"),
  },
  {
    about: "release-hold lift",
    check: (printed) => expect(printed).to.include("Lifted"),
  },
];

tryCommands("file-search", () => Deployment.create(), trials);

const inService = (deployment: Deployment) =>
  eventually("one machine in service", async () => {
    const states = (await deployment.machines()).map(({ LifecycleState }) => LifecycleState);
    return states.join() === "InService";
  });

/** Waits until the queue is empty and the dead-letter queue has so many messages. */
const deadLetters = (deployment: Deployment, count: number) =>
  eventually(
    "the files in the dead-letter queue",
    async () =>
      (await deployment.messages(deployment.queue.url)) === 0 &&
      (await deployment.messages(deployment.queue.deadLetter.url)) === count,
  );

/** Uploads a file that cannot be read, and waits until so many messages are in the dead-letter queue. */
const badFile = async (deployment: Deployment, Key: string, count: number) => {
  const Bucket = deployment.outputs.buckets.uploads?.name;
  await deployment.clients.s3.putObject({ Bucket, Key, Body: "%PDF-1.7 and then nothing" });
  await deadLetters(deployment, count);
};

const workerRights = async (iam: Deployment["clients"]["iam"]) => {
  const right = { RoleName: "cis-filesearch-dev-worker", PolicyName: "worker" };
  const { PolicyDocument = "" } = await iam.getRolePolicy(right);
  return { right, document: decodeURIComponent(PolicyDocument) };
};

const notices = async ({ clients, outputs }: Deployment) => {
  const QueueName = outputs.functions["slack-notifier"]?.failedCalls;
  return String((await clients.sqs.getQueueUrl({ QueueName })).QueueUrl);
};
