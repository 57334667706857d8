import { AutoScaling } from "@aws-sdk/client-auto-scaling";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { SSM } from "@aws-sdk/client-ssm";
import type { SystemOutputs } from "../contracts/stack-outputs";
import type { clientConfig } from "../local/cloud/scope";

type Config = ReturnType<typeof clientConfig>;

/** Calls with which a role would do harm. Each goes to something that the system has. Undefined: the system has none. */
export const probes = {
  "receive from a queue": (config, { queues }) => {
    const [queue] = Object.values(queues);
    return queue && new SQS(config).receiveMessage({ QueueUrl: queue.url, VisibilityTimeout: 0 });
  },
  "send to a queue": (config, { queues }) => {
    const [queue] = Object.values(queues);
    return queue && new SQS(config).sendMessage({ QueueUrl: queue.url, MessageBody: "{}" });
  },
  "delete a queue": (config, { queues }) => {
    const [queue] = Object.values(queues);
    return queue && new SQS(config).deleteQueue({ QueueUrl: queue.deadLetter.url });
  },
  "write into a bucket": (config, { buckets }) => {
    const [bucket] = Object.values(buckets);
    const s3 = new S3({ ...config, forcePathStyle: true });
    return bucket && s3.putObject({ Bucket: bucket.name, Key: "planted", Body: "x" });
  },
  "call a function": (config, { functions }) => {
    const [one] = Object.values(functions);
    // Lambda only asks whether it may be called.
    const InvocationType = "DryRun" as const;
    const call = { FunctionName: one?.name, Qualifier: one?.alias, InvocationType };
    return one && new Lambda(config).invoke(call);
  },
  "delete a log": (config, { functions }) => {
    const [one] = Object.values(functions);
    return one && new CloudWatchLogs(config).deleteLogGroup({ logGroupName: one.logGroupName });
  },
  "publish an alert": (config, { topics }) =>
    new SNS(config).publish({ TopicArn: topics.critical, Message: "{}" }),
  "start machines": (config, { fleets }) => {
    const [fleet] = Object.values(fleets);
    const AutoScalingGroupName = fleet?.autoScalingGroupName;
    const DesiredCapacity = 1;
    return (
      fleet && new AutoScaling(config).setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity })
    );
  },
  "read Slack's secret": (config, { system, environment }) =>
    new SSM(config).getParameter({
      Name: `/${system}/${environment}/slack-webhook-url`,
      WithDecryption: true,
    }),
  "give itself more rights": (config, _system, RoleName) =>
    new IAM(config).attachRolePolicy({
      RoleName,
      PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    }),
} satisfies Record<
  string,
  (config: Config, system: SystemOutputs, roleName: string) => Promise<unknown> | undefined
>;

export type ProbeName = keyof typeof probes;

/** How the services say that a right is missing. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  /^(AccessDenied(Exception)?|AuthorizationError(Exception)?|UnauthorizedOperation)$/.test(
    error.name,
  );
