import { notEmulatedTypes } from "./not-emulated";
import { notEmulated } from "./recorded-only";
import * as autoscalingGroup from "./resources/autoscaling-group";
import * as autoscalingLifecycleHook from "./resources/autoscaling-lifecycle-hook";
import * as autoscalingPolicy from "./resources/autoscaling-policy";
import * as cloudwatchCompositeAlarm from "./resources/cloudwatch-composite-alarm";
import * as cloudwatchDashboard from "./resources/cloudwatch-dashboard";
import * as cloudwatchMetricAlarm from "./resources/cloudwatch-metric-alarm";
import * as dynamoDbTable from "./resources/dynamodb-table";
import * as ec2LaunchTemplate from "./resources/ec2-launch-template";
import * as ec2SecurityGroup from "./resources/ec2-security-group";
import * as iamInstanceProfile from "./resources/iam-instance-profile";
import * as iamPolicy from "./resources/iam-policy";
import * as iamRole from "./resources/iam-role";
import * as iamRolePolicy from "./resources/iam-role-policy";
import * as kms from "./resources/kms";
import * as lambdaAlias from "./resources/lambda-alias";
import * as lambdaEventInvoke from "./resources/lambda-event-invoke";
import * as lambdaEventSource from "./resources/lambda-event-source";
import * as lambdaFunction from "./resources/lambda-function";
import * as lambdaInvocation from "./resources/lambda-invocation";
import * as lambdaPermission from "./resources/lambda-permission";
import * as logs from "./resources/logs";
import * as s3Bucket from "./resources/s3-bucket";
import * as s3Configuration from "./resources/s3-configuration";
import * as s3Lifecycle from "./resources/s3-lifecycle";
import * as s3Notification from "./resources/s3-notification";
import * as s3Object from "./resources/s3-object";
import * as scheduler from "./resources/scheduler";
import * as snsSubscription from "./resources/sns-subscription";
import * as snsTopic from "./resources/sns-topic";
import * as snsTopicPolicy from "./resources/sns-topic-policy";
import * as sqs from "./resources/sqs";
import * as ssm from "./resources/ssm";
import * as ssmDocument from "./resources/ssm-document";
import * as vpcSecurityGroupRule from "./resources/vpc-security-group-rule";
import type { ResourceType } from "./resource-type";

const services: Record<string, unknown>[] = [
  autoscalingGroup,
  autoscalingLifecycleHook,
  autoscalingPolicy,
  cloudwatchCompositeAlarm,
  cloudwatchDashboard,
  cloudwatchMetricAlarm,
  dynamoDbTable,
  ec2LaunchTemplate,
  ec2SecurityGroup,
  iamInstanceProfile,
  iamPolicy,
  iamRole,
  iamRolePolicy,
  kms,
  lambdaAlias,
  lambdaEventInvoke,
  lambdaEventSource,
  lambdaFunction,
  lambdaInvocation,
  lambdaPermission,
  logs,
  s3Bucket,
  s3Configuration,
  s3Lifecycle,
  s3Notification,
  s3Object,
  scheduler,
  snsSubscription,
  snsTopic,
  snsTopicPolicy,
  sqs,
  ssm,
  ssmDocument,
  vpcSecurityGroupRule,
];

const isResourceType = (value: unknown): value is ResourceType =>
  typeof value === "object" && value !== null && "shape" in value && "type" in value;

const all = services.flatMap((service) => Object.values(service)).filter(isResourceType);

const byType = new Map(all.map((definition) => [definition.type, definition]));

export const resourceTypes: readonly ResourceType[] = all;

export function findResourceType(type: string): ResourceType {
  const known = byType.get(type);
  if (known !== undefined) return known;
  if (notEmulatedTypes[type] !== undefined) return notEmulated(type);
  throw new Error(
    `The resource type ${type} is not known to the local AWS provider. ` +
      `It knows ${[...byType.keys()].sort().join(", ")}.`,
  );
}
