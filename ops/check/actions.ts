import type { Planned } from "../adopt/planned";
import { anyResource, arnOf, type Place } from "./resource-arns";

/** Actions that creating, reading, changing and deleting a resource needs, by type of the Pulumi resource. Source: Service
 *  Authorization Reference, and the calls of the AWS provider. Reading and tagging included. */
const byType: Readonly<Record<string, string>> = {
  "aws:sqs/queue:Queue":
    "sqs:CreateQueue sqs:GetQueueUrl sqs:GetQueueAttributes sqs:SetQueueAttributes sqs:ListQueueTags sqs:TagQueue sqs:UntagQueue sqs:DeleteQueue",
  "aws:s3/bucket:Bucket":
    "s3:CreateBucket s3:ListBucket s3:GetBucketLocation s3:GetBucketTagging s3:PutBucketTagging s3:DeleteBucket",
  "aws:s3/bucketVersioning:BucketVersioning": "s3:GetBucketVersioning s3:PutBucketVersioning",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    "s3:GetEncryptionConfiguration s3:PutEncryptionConfiguration",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":
    "s3:GetBucketPublicAccessBlock s3:PutBucketPublicAccessBlock",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls":
    "s3:GetBucketOwnershipControls s3:PutBucketOwnershipControls",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration":
    "s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration",
  "aws:s3/bucketPolicy:BucketPolicy": "s3:GetBucketPolicy s3:PutBucketPolicy s3:DeleteBucketPolicy",
  "aws:s3/bucketNotification:BucketNotification":
    "s3:GetBucketNotification s3:PutBucketNotification",
  "aws:s3/bucketObjectv2:BucketObjectv2":
    "s3:PutObject s3:GetObject s3:GetObjectTagging s3:PutObjectTagging",
  "aws:cloudwatch/metricAlarm:MetricAlarm":
    "cloudwatch:PutMetricAlarm cloudwatch:DescribeAlarms cloudwatch:DeleteAlarms cloudwatch:ListTagsForResource cloudwatch:TagResource",
  "aws:cloudwatch/dashboard:Dashboard":
    "cloudwatch:PutDashboard cloudwatch:GetDashboard cloudwatch:DeleteDashboards",
  "aws:cloudwatch/logGroup:LogGroup":
    "logs:CreateLogGroup logs:DescribeLogGroups logs:PutRetentionPolicy logs:DeleteLogGroup logs:ListTagsForResource logs:TagResource",
  "aws:cloudwatch/logMetricFilter:LogMetricFilter":
    "logs:PutMetricFilter logs:DescribeMetricFilters logs:DeleteMetricFilter",
  "aws:iam/role:Role":
    "iam:CreateRole iam:GetRole iam:UpdateAssumeRolePolicy iam:DeleteRole iam:TagRole iam:ListRolePolicies iam:ListAttachedRolePolicies iam:ListInstanceProfilesForRole iam:PassRole",
  "aws:iam/rolePolicy:RolePolicy": "iam:PutRolePolicy iam:GetRolePolicy iam:DeleteRolePolicy",
  "aws:iam/instanceProfile:InstanceProfile":
    "iam:CreateInstanceProfile iam:GetInstanceProfile iam:AddRoleToInstanceProfile iam:RemoveRoleFromInstanceProfile iam:DeleteInstanceProfile iam:TagInstanceProfile",
  "aws:ec2/securityGroup:SecurityGroup":
    "ec2:CreateSecurityGroup ec2:DescribeSecurityGroups ec2:AuthorizeSecurityGroupEgress ec2:RevokeSecurityGroupEgress ec2:DeleteSecurityGroup ec2:CreateTags",
  "aws:ec2/launchTemplate:LaunchTemplate":
    "ec2:CreateLaunchTemplate ec2:CreateLaunchTemplateVersion ec2:DescribeLaunchTemplates ec2:DescribeLaunchTemplateVersions ec2:ModifyLaunchTemplate ec2:DeleteLaunchTemplate ec2:RunInstances ec2:CreateTags",
  "aws:autoscaling/group:Group":
    "autoscaling:CreateAutoScalingGroup autoscaling:UpdateAutoScalingGroup autoscaling:DescribeAutoScalingGroups autoscaling:DeleteAutoScalingGroup autoscaling:CreateOrUpdateTags autoscaling:EnableMetricsCollection autoscaling:StartInstanceRefresh autoscaling:DescribeInstanceRefreshes",
  "aws:autoscaling/lifecycleHook:LifecycleHook":
    "autoscaling:PutLifecycleHook autoscaling:DescribeLifecycleHooks autoscaling:DeleteLifecycleHook",
  "aws:autoscaling/policy:Policy":
    "autoscaling:PutScalingPolicy autoscaling:DescribePolicies autoscaling:DeletePolicy",
  "aws:ssm/document:Document":
    "ssm:CreateDocument ssm:GetDocument ssm:DescribeDocument ssm:UpdateDocument ssm:UpdateDocumentDefaultVersion ssm:DeleteDocument ssm:AddTagsToResource ssm:ListTagsForResource",
  "aws:kms/key:Key":
    "kms:CreateKey kms:DescribeKey kms:GetKeyPolicy kms:PutKeyPolicy kms:EnableKeyRotation kms:GetKeyRotationStatus kms:ScheduleKeyDeletion kms:TagResource kms:ListResourceTags",
  "aws:kms/alias:Alias": "kms:CreateAlias kms:ListAliases kms:DeleteAlias",
  "aws:sns/topic:Topic":
    "sns:CreateTopic sns:GetTopicAttributes sns:SetTopicAttributes sns:DeleteTopic sns:TagResource sns:ListTagsForResource",
  "aws:sns/topicSubscription:TopicSubscription":
    "sns:Subscribe sns:GetSubscriptionAttributes sns:SetSubscriptionAttributes sns:Unsubscribe",
  "aws:lambda/function:Function":
    "lambda:CreateFunction lambda:GetFunction lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration lambda:PublishVersion lambda:ListVersionsByFunction lambda:DeleteFunction lambda:TagResource",
  "aws:lambda/alias:Alias":
    "lambda:CreateAlias lambda:GetAlias lambda:UpdateAlias lambda:DeleteAlias",
  "aws:lambda/permission:Permission":
    "lambda:AddPermission lambda:GetPolicy lambda:RemovePermission",
};

/** What the program asks AWS for while it runs. */
const lookUps =
  "sts:GetCallerIdentity ec2:DescribeVpcs ec2:DescribeSubnets ssm:GetParameter ssm:GetParametersByPath autoscaling:DescribeAutoScalingGroups";

/** What `ops rollback` calls. */
const rollback =
  "autoscaling:DescribeAutoScalingGroups autoscaling:DescribeInstanceRefreshes autoscaling:CancelInstanceRefresh autoscaling:UpdateAutoScalingGroup autoscaling:TerminateInstanceInAutoScalingGroup ec2:DescribeLaunchTemplateVersions ec2:RunInstances ec2:CreateTags iam:PassRole ssm:SendCommand ssm:ListCommands ssm:ListCommandInvocations ssm:DescribeInstanceInformation ssm:GetParameter ssm:PutParameter ssm:DeleteParameter s3:GetObject sts:GetCallerIdentity";

const list = (text: string): string[] => text.split(" ");

export interface Need {
  action: string;
  /** ARN, or "*" where AWS gives the name, or the action knows no resource. */
  resource: string;
  for: "up" | "a rollback";
}

/** The actions for `up` (a release is one) and a rollback, each on its resource, and the types of which the actions are
 *  not known here. */
export function neededActions(
  planned: readonly Planned[],
  place: Place,
): { needs: Need[]; unknown: string[] } {
  const own = planned.filter(({ type }) => type.startsWith("aws:"));
  const unknown = own.map(({ type }) => type).filter((type) => !(type in byType));
  const needs: Need[] = [
    ...list(lookUps).map((action): Need => ({ action, resource: anyResource, for: "up" })),
    ...own.flatMap((resource) =>
      list(byType[resource.type] ?? "")
        .filter((action) => action !== "")
        .map((action): Need => ({ action, resource: arnOf(resource, place), for: "up" })),
    ),
    ...list(rollback).map((action): Need => ({
      action,
      resource: anyResource,
      for: "a rollback",
    })),
  ];
  // What two of them need is checked once.
  const first = new Map(
    needs.toReversed().map((need) => [`${need.action} ${need.resource}`, need]),
  );
  return { needs: [...first.values()].toReversed(), unknown: [...new Set(unknown)] };
}
