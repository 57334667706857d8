/** Everything that the embedded cloud does not emulate. `docs/local.md` has the same list for users. */

type ByType = Readonly<Record<string, string>>;
type ByProperty = Readonly<Record<string, ByType>>;

/** Types that are only recorded in the state, with a warning. */
export const notEmulatedTypes: ByType = {
  "aws:synthetics/canary:Canary": "the embedded cloud has no Synthetics",
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration":
    "the embedded cloud has no chat client",
};

/** Properties that are recorded in the state, with a warning, and never sent. */
export const notEmulatedProperties: ByProperty = {};

/** Properties that the embedded cloud accepts but does not return unchanged. A read keeps the
 *  recorded value instead of reporting false drift, so a manual change of them is not detected.
 *  Paths have no indexes. A path includes everything inside it. */
export const notReadBack: ByProperty = {
  "aws:autoscaling/group:Group": {
    mixedInstancesPolicy: "lost",
    targetGroupArns: "lost",
    serviceLinkedRoleArn: "lost",
  },
  "aws:dynamodb/table:Table": {
    "pointInTimeRecovery.recoveryPeriodInDays": "lost",
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    disableApiStop: "lost",
    creditSpecification: "lost",
    "blockDeviceMappings.virtualName": "lost",
    "blockDeviceMappings.noDevice": "lost",
    "blockDeviceMappings.ebs.kmsKeyId": "lost",
    "networkInterfaces.deleteOnTermination": "lost",
    "networkInterfaces.securityGroups": "lost",
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    "ingress.prefixListIds": "lost",
    "egress.prefixListIds": "lost",
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    transitionDefaultMinimumObjectSize: "always all_storage_classes_128K",
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": { bucketKeyEnabled: "lost" },
  "aws:s3/bucketVersioning:BucketVersioning": {
    "versioningConfiguration.mfaDelete": "there are no MFA devices",
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    prefixListId: "lost",
    referencedSecurityGroupId: "an update of it is lost",
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    prefixListId: "lost",
    referencedSecurityGroupId: "an update of it is lost",
  },
};

const whatDeletingDoes = "says what a delete does";
const ofTheCall = "a past call; it cannot be read";
const whoseBucket = "a condition of every request";

/** Properties that only control the provider. They do not exist in the cloud, also not on AWS. */
export const onlyRecorded: ByProperty = {
  "aws:autoscaling/group:Group": {
    forceDelete: whatDeletingDoes,
    initialLifecycleHooks: "only part of the request that creates the group",
    instanceRefresh: "says what an update does",
    metricsGranularity: "AWS has only one granularity",
    waitForCapacityTimeout: "says how long an update waits",
  },
  "aws:ec2/launchTemplate:LaunchTemplate": { updateDefaultVersion: "says what an update does" },
  "aws:ec2/securityGroup:SecurityGroup": { revokeRulesOnDelete: whatDeletingDoes },
  "aws:iam/role:Role": { forceDetachPolicies: whatDeletingDoes },
  "aws:kms/key:Key": {
    deletionWindowInDays: whatDeletingDoes,
    bypassPolicyLockoutSafetyCheck: "says what an update of the policy does",
  },
  "aws:lambda/function:Function": {
    publish: "says what an update does",
    skipDestroy: whatDeletingDoes,
    s3ObjectVersion:
      "AWS does not return the source of the code; changed code is detected by s3Key",
    sourceCodeHash: "only in the program; changed code is detected by code or s3Key",
  },
  "aws:lambda/invocation:Invocation": {
    functionName: ofTheCall,
    input: ofTheCall,
    lifecycleScope: "says when the function is called",
    qualifier: ofTheCall,
    tenantId: ofTheCall,
    terraformKey: ofTheCall,
    triggers: "only in the program",
  },
  "aws:cloudwatch/logGroup:LogGroup": { skipDestroy: whatDeletingDoes },
  "aws:s3/bucket:Bucket": { forceDestroy: whatDeletingDoes },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    expectedBucketOwner: whoseBucket,
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    forceDestroy: whatDeletingDoes,
    sourceHash: "only in the program; changed content is detected by source or content",
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": { skipDestroy: whatDeletingDoes },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    expectedBucketOwner: whoseBucket,
  },
  "aws:s3/bucketVersioning:BucketVersioning": {
    expectedBucketOwner: whoseBucket,
    mfa: "only part of the request that sets it",
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    confirmationTimeoutInMinutes: "says how long a create waits",
    endpointAutoConfirms: "says what a create waits for",
  },
  "aws:ssm/document:Document": { attachmentsSources: "AWS does not return them" },
  "aws:ssm/parameter:Parameter": { overwrite: "says what a create does" },
};

/** Outputs that never have a value here. */
export const neverOutput: ByProperty = {
  "aws:s3/bucket:Bucket": {
    hostedZoneId: "there are no hosted zones",
    websiteDomain: "there are no websites",
    websiteEndpoint: "there are no websites",
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    checksumCrc32: "checksumAlgorithm is not known",
    checksumCrc32c: "checksumAlgorithm is not known",
    checksumCrc64nvme: "checksumAlgorithm is not known",
    checksumSha1: "checksumAlgorithm is not known",
    checksumSha256: "checksumAlgorithm is not known",
  },
};
