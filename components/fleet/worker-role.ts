import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf, standardTags } from "../deployment";
import { allow, assumedBy, type Statement } from "../iam";
import type { WorkerFleetArgs } from "./worker-fleet-arguments";

/** The policy of a machine: exactly the actions that it uses. */
function workerPolicy(args: WorkerFleetArgs, bundleKey: string, kmsKeyArn?: string): string {
  const { deployment, queue, names } = args;
  const { databaseUrlParameter, databaseCaParameter } = args.worker.processor;
  const databaseParameters = [databaseUrlParameter, databaseCaParameter].filter(
    (name) => name !== undefined,
  );
  const logGroupArn = arnOf(deployment, "logs", `log-group:${names.logGroup}`);
  const reads = args.reads.map(({ arn }) => arn);
  const statements: Statement<string>[] = [
    allow(
      "WorkOnQueue",
      ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
      queue.arn,
    ),
    allow("DeadLetter", ["sqs:SendMessage"], queue.deadLetterArn),
    // The worker asks for both queues before it says that it works.
    allow("ReachQueues", ["sqs:GetQueueAttributes"], [queue.arn, queue.deadLetterArn]),
    // Source: SQS guide, "Key management": receiving decrypts, sending makes a data key.
    ...(kmsKeyArn === undefined
      ? []
      : [allow("UseQueueKey", ["kms:Decrypt", "kms:GenerateDataKey"], kmsKeyArn)]),
    ...(reads.length === 0
      ? []
      : [
          allow(
            "ReadFiles",
            ["s3:GetObject", "s3:GetObjectVersion"],
            reads.map((arn) => `${arn}/*`),
          ),
          // Without this right, S3 answers "forbidden" for a deleted object.
          allow("TellGoneFromForbidden", ["s3:ListBucket"], reads),
        ]),
    allow("FetchBundle", ["s3:GetObject"], `${args.scripts.arn}/${bundlePrefix(bundleKey)}*`),
    ...databaseParameters.map((name, index) =>
      allow(
        index === 0 ? "ReadDatabaseUrl" : "ReadDatabaseCa",
        ["ssm:GetParameter"],
        arnOf(deployment, "ssm", `parameter${name}`),
      ),
    ),
    allow(
      "ShipLogs",
      ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      [logGroupArn, `${logGroupArn}:*`],
    ),
    allow(
      "CompleteLaunchAndTermination",
      ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
      arnOf(
        deployment,
        "autoscaling",
        `autoScalingGroup:*:autoScalingGroupName/${names.autoScalingGroup}`,
      ),
    ),
    // Session Manager replaces SSH, and Run Command switches the bundle; since version 3.3.40 the agent needs no
    // ec2messages actions for it. These actions cannot be limited to resources.
    allow(
      "SessionManager",
      [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      "*",
    ),
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The folder in a bundle's key. A rollback fetches an older bundle from the same folder. */
const bundlePrefix = (key: string) => key.slice(0, key.lastIndexOf("/") + 1);

/** Role, policy and instance profile of the machines. */
export function workerRole(
  name: string,
  args: WorkerFleetArgs,
  bundleKey: string,
  parent: pulumi.Resource,
): { profile: aws.iam.InstanceProfile; policy: aws.iam.RolePolicy } {
  const { kmsKeyArn } = args.queue;
  const tags = standardTags(args.deployment);
  const role = new aws.iam.Role(
    `${name}-role`,
    { name: args.names.role, assumeRolePolicy: assumedBy("ec2.amazonaws.com"), tags },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-role-policy`,
    {
      name: "worker",
      role: role.name,
      policy:
        kmsKeyArn === undefined
          ? workerPolicy(args, bundleKey)
          : pulumi.output(kmsKeyArn).apply((key) => workerPolicy(args, bundleKey, key)),
    },
    { parent },
  );
  const profile = new aws.iam.InstanceProfile(
    `${name}-profile`,
    { name: args.names.role, role: role.name, tags },
    { parent },
  );
  return { profile, policy };
}
