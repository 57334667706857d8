import { autoscalingDrifts } from "./autoscaling";
import { autoscalingPolicyDrifts } from "./autoscaling-policy";
import { cloudwatchDrifts } from "./cloudwatch";
import type { Drift } from "./drift";
import { dynamoDbDrifts } from "./dynamodb";
import { launchTemplateDrifts } from "./ec2-launch-template";
import { securityGroupDrifts } from "./ec2-security-group";
import { iamDrifts } from "./iam";
import { kmsDrifts } from "./kms";
import { lambdaFunctionDrifts } from "./lambda-function";
import { lambdaDrifts } from "./lambda";
import { logsDrifts } from "./logs";
import { s3Drifts } from "./s3";
import { s3LifecycleDrifts } from "./s3-lifecycle";
import { s3NotificationDrifts } from "./s3-notification";
import { s3ObjectDrifts } from "./s3-object";
import { schedulerDrifts } from "./scheduler";
import { snsDrifts } from "./sns";
import { sqsDrifts } from "./sqs";
import { ssmDrifts } from "./ssm";

/** Every service's table; in two halves, for two test processes. */
export const machines: Record<string, Drift[]> = {
  "Auto Scaling": [...autoscalingDrifts, ...autoscalingPolicyDrifts],
  EC2: [...launchTemplateDrifts, ...securityGroupDrifts],
  IAM: iamDrifts,
  Lambda: [...lambdaFunctionDrifts, ...lambdaDrifts],
};
export const data: Record<string, Drift[]> = {
  CloudWatch: cloudwatchDrifts,
  DynamoDB: dynamoDbDrifts,
  KMS: kmsDrifts,
  "CloudWatch Logs": logsDrifts,
  S3: [...s3Drifts, ...s3LifecycleDrifts, ...s3NotificationDrifts, ...s3ObjectDrifts],
  Scheduler: schedulerDrifts,
  SNS: snsDrifts,
  SQS: sqsDrifts,
  SSM: ssmDrifts,
};
