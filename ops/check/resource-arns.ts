import type { Planned } from "../adopt/planned";

export interface Place {
  /** "aws", "aws-cn" … */
  partition: string;
  region: string;
  accountId: string;
}

/** Every resource: where AWS gives the name, or where an action knows no resource. */
export const anyResource = "*";

type Name = (inputs: Record<string, unknown>) => string | undefined;
const named =
  (key: string): Name =>
  (inputs) =>
    typeof inputs[key] === "string" && inputs[key] !== "" ? inputs[key] : undefined;

/** How the ARN of a type is built from the name in its inputs. Source: Service Authorization Reference, "Resource types
 *  defined by …". */
const arns: Readonly<Record<string, [Name, (name: string, place: Place) => string]>> = {
  "aws:sqs/queue:Queue": [named("name"), (name, at) => regional(at, "sqs", name)],
  "aws:sns/topic:Topic": [named("name"), (name, at) => regional(at, "sns", name)],
  "aws:cloudwatch/metricAlarm:MetricAlarm": [
    named("name"),
    (name, at) => regional(at, "cloudwatch", `alarm:${name}`),
  ],
  "aws:cloudwatch/dashboard:Dashboard": [
    named("dashboardName"),
    (name, at) => global(at, "cloudwatch", `dashboard/${name}`),
  ],
  "aws:cloudwatch/logGroup:LogGroup": [named("name"), logGroup],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": [named("logGroupName"), logGroup],
  "aws:iam/role:Role": [named("name"), (name, at) => global(at, "iam", `role/${name}`)],
  "aws:iam/rolePolicy:RolePolicy": [named("role"), (name, at) => global(at, "iam", `role/${name}`)],
  "aws:iam/instanceProfile:InstanceProfile": [
    named("name"),
    (name, at) => global(at, "iam", `instance-profile/${name}`),
  ],
  "aws:autoscaling/group:Group": [named("name"), group],
  "aws:autoscaling/lifecycleHook:LifecycleHook": [named("autoscalingGroupName"), group],
  "aws:autoscaling/policy:Policy": [named("autoscalingGroupName"), group],
  "aws:ssm/document:Document": [
    named("name"),
    (name, at) => regional(at, "ssm", `document/${name}`),
  ],
  "aws:lambda/function:Function": [named("name"), lambda],
  "aws:lambda/alias:Alias": [named("functionName"), lambda],
  "aws:lambda/permission:Permission": [named("function"), lambda],
  "aws:kms/alias:Alias": [named("name"), (name, at) => regional(at, "kms", name)],
};

/** What a policy has to allow the actions on a resource for. */
export function arnOf({ type, inputs }: Planned, place: Place): string {
  if (type.startsWith("aws:s3/bucketObject")) {
    const [bucket, key] = [named("bucket")(inputs), named("key")(inputs)];
    return bucket === undefined
      ? anyResource
      : `arn:${place.partition}:s3:::${bucket}/${key ?? "*"}`;
  }
  if (type.startsWith("aws:s3/bucket")) {
    const bucket = named("bucket")(inputs);
    return bucket === undefined ? anyResource : `arn:${place.partition}:s3:::${bucket}`;
  }
  const [nameOf, build] = arns[type] ?? [];
  const name = nameOf?.(inputs);
  return name === undefined || build === undefined || isUnknown(name)
    ? anyResource
    : build(name, place);
}

/** How Pulumi writes a value that is known only after the update. */
const isUnknown = (text: string): boolean =>
  text.startsWith("04da6b54-80e4-46f7-96ec-b56ff0331ba9");

function regional({ partition, region, accountId }: Place, service: string, rest: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${rest}`;
}

function global({ partition, accountId }: Place, service: string, rest: string): string {
  return `arn:${partition}:${service}::${accountId}:${rest}`;
}

function logGroup(name: string, at: Place): string {
  return `${regional(at, "logs", `log-group:${name}`)}:*`;
}

function group(name: string, at: Place): string {
  return regional(at, "autoscaling", `autoScalingGroup:*:autoScalingGroupName/${name}`);
}

function lambda(name: string, at: Place): string {
  return regional(at, "lambda", `function:${name}`);
}
