import type { Planned } from "../adopt/planned";
import type { Context } from "./context";
import {
  all,
  bucket,
  fixed,
  functionOf,
  group,
  holdNames,
  id,
  input,
  isOfMachines,
  lastPart,
  machines,
  objectsBeside,
  mappedFunction,
  passedTo,
  scheduleGroup,
  securityGroups,
  subnets,
  withPath,
  type NamesOf,
} from "./names";
import { anyName } from "./reference";

/** Actions, with spaces between them, and how their resources are named. */
export interface Rights {
  /** Variables of the ARN formats in the Service Authorization Reference. */
  names: NamesOf;
  /** More of a request's condition keys. */
  context?: (resource: Planned) => Context;
  /** Whether this resource needs them, if not every one of its type does. */
  needed?: (resource: Planned) => boolean;
  /** What creating, reading, changing and deleting calls besides `release`. */
  up?: string;
  /** What new code calls. */
  release?: string;
  /** What `ops rollback` calls. */
  rollback?: string;
}

/** What the AWS provider and `ops` call, by type of the Pulumi resource. Sources: the source code of Terraform's AWS
 *  provider, on which Pulumi's is built; "Permissions required to …" of the services for iam:PassRole and
 *  ec2:RunInstances. */
export const rightsByType: Readonly<Record<string, readonly Rights[]>> = {
  "aws:sqs/queue:Queue": [
    {
      names: input("QueueName", "name"),
      up: "sqs:CreateQueue sqs:GetQueueAttributes sqs:SetQueueAttributes sqs:ListQueueTags sqs:TagQueue sqs:UntagQueue sqs:DeleteQueue",
    },
  ],
  "aws:s3/bucket:Bucket": [
    {
      names: bucket,
      // It reads all that a bucket has. Tags: also with s3:TagResource and its like, which it tries first.
      up: "s3:CreateBucket s3:ListBucket s3:GetBucketPolicy s3:GetBucketAcl s3:GetBucketCORS s3:GetBucketWebsite s3:GetBucketVersioning s3:GetAccelerateConfiguration s3:GetBucketRequestPayment s3:GetBucketLogging s3:GetLifecycleConfiguration s3:GetReplicationConfiguration s3:GetEncryptionConfiguration s3:GetBucketObjectLockConfiguration s3:GetBucketTagging s3:PutBucketTagging s3:DeleteBucket",
    },
    {
      names: all(bucket, fixed({ ObjectName: anyName })),
      needed: ({ inputs }) => inputs.forceDestroy === true,
      up: "s3:ListBucketVersions s3:DeleteObject s3:DeleteObjectVersion",
    },
  ],
  "aws:s3/bucketVersioning:BucketVersioning": [
    { names: bucket, up: "s3:GetBucketVersioning s3:PutBucketVersioning" },
  ],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    { names: bucket, up: "s3:GetEncryptionConfiguration s3:PutEncryptionConfiguration" },
  ],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
    { names: bucket, up: "s3:GetBucketPublicAccessBlock s3:PutBucketPublicAccessBlock" },
  ],
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": [
    { names: bucket, up: "s3:GetBucketOwnershipControls s3:PutBucketOwnershipControls" },
  ],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
    { names: bucket, up: "s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration" },
  ],
  "aws:s3/bucketPolicy:BucketPolicy": [
    { names: bucket, up: "s3:GetBucketPolicy s3:PutBucketPolicy s3:DeleteBucketPolicy" },
  ],
  "aws:s3/bucketNotification:BucketNotification": [
    { names: bucket, up: "s3:GetBucketNotification s3:PutBucketNotification" },
  ],
  "aws:s3/bucketObjectv2:BucketObjectv2": [
    {
      names: all(bucket, objectsBeside("key")),
      release: "s3:PutObject s3:GetObject s3:GetObjectTagging s3:PutObjectTagging",
      rollback: "s3:GetObject",
    },
  ],
  "aws:cloudwatch/metricAlarm:MetricAlarm": [
    {
      names: input("AlarmName", "name"),
      up: "cloudwatch:PutMetricAlarm cloudwatch:DescribeAlarms cloudwatch:DeleteAlarms cloudwatch:ListTagsForResource cloudwatch:TagResource cloudwatch:UntagResource",
    },
  ],
  "aws:cloudwatch/dashboard:Dashboard": [
    {
      names: input("DashboardName", "dashboardName"),
      up: "cloudwatch:PutDashboard cloudwatch:GetDashboard cloudwatch:DeleteDashboards",
    },
  ],
  "aws:cloudwatch/logGroup:LogGroup": [
    {
      names: input("LogGroupName", "name"),
      up: "logs:CreateLogGroup logs:DescribeLogGroups logs:PutRetentionPolicy logs:DeleteRetentionPolicy logs:DeleteLogGroup logs:ListTagsForResource logs:TagResource logs:UntagResource",
    },
  ],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": [
    {
      names: input("LogGroupName", "logGroupName"),
      up: "logs:PutMetricFilter logs:DescribeMetricFilters logs:DeleteMetricFilter",
    },
  ],
  "aws:dynamodb/table:Table": [
    {
      names: input("TableName", "name"),
      up: "dynamodb:CreateTable dynamodb:DescribeTable dynamodb:UpdateTable dynamodb:DeleteTable dynamodb:DescribeTimeToLive dynamodb:UpdateTimeToLive dynamodb:DescribeContinuousBackups dynamodb:UpdateContinuousBackups dynamodb:ListTagsOfResource dynamodb:TagResource dynamodb:UntagResource",
    },
  ],
  "aws:iam/role:Role": [
    {
      names: withPath("RoleNameWithPath"),
      up: "iam:CreateRole iam:GetRole iam:UpdateAssumeRolePolicy iam:DeleteRole iam:TagRole iam:UntagRole iam:ListRolePolicies iam:GetRolePolicy iam:ListAttachedRolePolicies iam:ListInstanceProfilesForRole",
    },
    // Who changes what machines or functions are passes them their role. New code of a function does not.
    {
      names: withPath("RoleNameWithPath"),
      context: passedTo,
      needed: (role) => !isOfMachines(role),
      up: "iam:PassRole",
    },
    {
      names: withPath("RoleNameWithPath"),
      context: passedTo,
      needed: isOfMachines,
      release: "iam:PassRole",
      rollback: "iam:PassRole",
    },
  ],
  "aws:iam/rolePolicy:RolePolicy": [
    {
      names: input("RoleNameWithPath", "role"),
      up: "iam:PutRolePolicy iam:GetRolePolicy iam:DeleteRolePolicy",
    },
  ],
  "aws:iam/instanceProfile:InstanceProfile": [
    {
      names: withPath("InstanceProfileNameWithPath"),
      up: "iam:CreateInstanceProfile iam:GetInstanceProfile iam:AddRoleToInstanceProfile iam:RemoveRoleFromInstanceProfile iam:DeleteInstanceProfile iam:TagInstanceProfile iam:UntagInstanceProfile",
    },
  ],
  "aws:ec2/securityGroup:SecurityGroup": [
    {
      names: all(id("SecurityGroupId"), input("VpcId", "vpcId")),
      up: "ec2:CreateSecurityGroup ec2:DescribeSecurityGroups ec2:AuthorizeSecurityGroupEgress ec2:RevokeSecurityGroupEgress ec2:RevokeSecurityGroupIngress ec2:DeleteSecurityGroup ec2:DescribeNetworkInterfaces",
    },
    { names: id("SecurityGroupId"), up: "ec2:CreateTags ec2:DeleteTags" },
  ],
  "aws:ec2/launchTemplate:LaunchTemplate": [
    {
      names: id("LaunchTemplateId"),
      up: "ec2:CreateLaunchTemplate ec2:DeleteLaunchTemplate ec2:CreateTags ec2:DeleteTags",
      release:
        "ec2:CreateLaunchTemplateVersion ec2:DescribeLaunchTemplates ec2:DescribeLaunchTemplateVersions",
      rollback: "ec2:DescribeLaunchTemplateVersions",
    },
    // Who gives a group a launch template has to be allowed to start the machines and to tag what is in its tagSpecifications.
    {
      names: all(id("LaunchTemplateId"), machines, securityGroups),
      release: "ec2:RunInstances",
      rollback: "ec2:RunInstances",
    },
    {
      names: fixed({ InstanceId: anyName, VolumeId: anyName }),
      release: "ec2:CreateTags",
      rollback: "ec2:CreateTags",
    },
  ],
  "aws:autoscaling/group:Group": [
    {
      names: group("name"),
      up: "autoscaling:CreateAutoScalingGroup autoscaling:PutLifecycleHook autoscaling:DeleteAutoScalingGroup autoscaling:CreateOrUpdateTags autoscaling:DeleteTags autoscaling:EnableMetricsCollection autoscaling:DisableMetricsCollection",
      release:
        "autoscaling:UpdateAutoScalingGroup autoscaling:DescribeAutoScalingGroups autoscaling:StartInstanceRefresh autoscaling:CancelInstanceRefresh autoscaling:DescribeInstanceRefreshes",
      rollback:
        "autoscaling:UpdateAutoScalingGroup autoscaling:DescribeAutoScalingGroups autoscaling:CancelInstanceRefresh autoscaling:DescribeInstanceRefreshes autoscaling:TerminateInstanceInAutoScalingGroup",
    },
    { names: subnets, release: "ec2:RunInstances", rollback: "ec2:RunInstances" },
  ],
  "aws:autoscaling/lifecycleHook:LifecycleHook": [
    {
      names: group("autoscalingGroupName"),
      up: "autoscaling:PutLifecycleHook autoscaling:DescribeLifecycleHooks autoscaling:DeleteLifecycleHook",
    },
  ],
  "aws:autoscaling/policy:Policy": [
    {
      names: group("autoscalingGroupName"),
      up: "autoscaling:PutScalingPolicy autoscaling:DescribePolicies autoscaling:DeletePolicy",
    },
  ],
  "aws:ssm/document:Document": [
    {
      names: input("DocumentName", "name"),
      up: "ssm:CreateDocument ssm:GetDocument ssm:DescribeDocument ssm:DescribeDocumentPermission ssm:UpdateDocument ssm:UpdateDocumentDefaultVersion ssm:DeleteDocument ssm:AddTagsToResource ssm:RemoveTagsFromResource",
    },
    {
      names: all(input("DocumentName", "name"), machines),
      rollback:
        "ssm:SendCommand ssm:ListCommands ssm:ListCommandInvocations ssm:DescribeInstanceInformation",
    },
  ],
  "aws:kms/key:Key": [
    {
      names: id("KeyId"),
      up: "kms:CreateKey kms:DescribeKey kms:GetKeyPolicy kms:PutKeyPolicy kms:EnableKeyRotation kms:DisableKeyRotation kms:GetKeyRotationStatus kms:UpdateKeyDescription kms:ScheduleKeyDeletion kms:TagResource kms:UntagResource kms:ListResourceTags",
    },
  ],
  "aws:kms/alias:Alias": [
    {
      names: all(input("Alias", "name", "alias/"), ({ inputs }) => ({
        KeyId: lastPart(inputs.targetKeyId),
      })),
      up: "kms:CreateAlias kms:UpdateAlias kms:ListAliases kms:DeleteAlias",
    },
  ],
  "aws:scheduler/schedule:Schedule": [
    {
      names: all(scheduleGroup, input("ScheduleName", "name")),
      up: "scheduler:CreateSchedule scheduler:GetSchedule scheduler:UpdateSchedule scheduler:DeleteSchedule",
    },
  ],
  "aws:scheduler/scheduleGroup:ScheduleGroup": [
    {
      names: input("GroupName", "name"),
      up: "scheduler:CreateScheduleGroup scheduler:GetScheduleGroup scheduler:DeleteScheduleGroup scheduler:ListTagsForResource scheduler:TagResource scheduler:UntagResource",
    },
  ],
  "aws:sns/topic:Topic": [
    {
      names: input("TopicName", "name"),
      up: "sns:CreateTopic sns:GetTopicAttributes sns:SetTopicAttributes sns:DeleteTopic sns:TagResource sns:UntagResource sns:ListTagsForResource",
    },
  ],
  "aws:sns/topicSubscription:TopicSubscription": [
    {
      names: ({ inputs }) => ({ TopicName: lastPart(inputs.topic) }),
      up: "sns:Subscribe sns:GetSubscriptionAttributes sns:SetSubscriptionAttributes sns:Unsubscribe",
    },
  ],
  "aws:lambda/function:Function": [
    {
      names: input("FunctionName", "name"),
      up: "lambda:CreateFunction lambda:UpdateFunctionConfiguration lambda:DeleteFunction lambda:GetFunctionCodeSigningConfig lambda:TagResource lambda:UntagResource",
      release:
        "lambda:GetFunction lambda:GetFunctionConfiguration lambda:UpdateFunctionCode lambda:PublishVersion lambda:ListVersionsByFunction",
    },
    {
      names: input("FunctionName", "name"),
      needed: ({ inputs }) => Number(inputs.reservedConcurrentExecutions ?? -1) >= 0,
      up: "lambda:PutFunctionConcurrency lambda:DeleteFunctionConcurrency",
    },
  ],
  "aws:lambda/alias:Alias": [
    {
      names: input("FunctionName", "functionName"),
      up: "lambda:CreateAlias lambda:DeleteAlias",
      release: "lambda:GetAlias lambda:UpdateAlias",
      rollback: "lambda:GetAlias lambda:UpdateAlias lambda:ListVersionsByFunction",
    },
  ],
  "aws:lambda/eventSourceMapping:EventSourceMapping": [
    {
      names: id("UUID"),
      context: mappedFunction,
      up: "lambda:CreateEventSourceMapping lambda:GetEventSourceMapping lambda:UpdateEventSourceMapping lambda:DeleteEventSourceMapping lambda:ListTags lambda:TagResource lambda:UntagResource",
    },
  ],
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": [
    {
      names: functionOf("functionName"),
      up: "lambda:PutFunctionEventInvokeConfig lambda:GetFunctionEventInvokeConfig lambda:DeleteFunctionEventInvokeConfig",
    },
  ],
  "aws:lambda/invocation:Invocation": [
    {
      names: functionOf("functionName"),
      release: "lambda:InvokeFunction",
      rollback: "lambda:InvokeFunction",
    },
  ],
  "aws:lambda/permission:Permission": [
    {
      names: functionOf("function"),
      up: "lambda:AddPermission lambda:GetPolicy lambda:RemovePermission",
    },
  ],
  "queuefleet:fleet:WorkerFleet": [
    { names: holdNames("folder"), release: "ssm:GetParametersByPath" },
    {
      names: holdNames("parameter"),
      rollback: "ssm:GetParameter ssm:PutParameter ssm:DeleteParameter",
    },
  ],
};
