import { zipSync } from "fflate";
import { servicesMaySend } from "../../../tests/support/queue-policy";
import { waitUntil } from "../../process/wait";
import type { Clients } from "../../provider/clients";
import { region, type ProviderUnderTest } from "./provider-under-test";

/** Resources that a test needs. They are created without the provider. */

export const policyDocument = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

export const trust = (service: string) =>
  policyDocument({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
  });

/** What an identity may do. */
export const allow = (...actions: string[]) =>
  policyDocument({ Effect: "Allow", Action: actions, Resource: "*" });

/** What a service may do with a resource. */
export const admit = (service: string, action: string, resource: string) =>
  policyDocument({
    Sid: "One",
    Effect: "Allow",
    Principal: { Service: service },
    Action: action,
    Resource: resource,
  });

let made = 0;
/** A new, unused name, because some of these resources are not deleted after a test. */
const fresh = (name: string) => `${name}-${(made += 1)}`;

export const arnOf = (under: ProviderUnderTest, service: string, name: string) =>
  `arn:aws:${service}:${region}:${under.account.accountId}:${name}`;

/** A queue that buckets and topics may send to. */
export async function newQueue(under: ProviderUnderTest, name: string) {
  const arn = arnOf(under, "sqs", name);
  const { QueueUrl = "" } = await under.clients.sqs.createQueue({
    QueueName: name,
    Attributes: { Policy: servicesMaySend(arn) },
  });
  return { url: QueueUrl, arn };
}

export async function newTopic(under: ProviderUnderTest, name: string) {
  const { TopicArn = "" } = await under.clients.sns.createTopic({ Name: name });
  return { topic: TopicArn };
}

export async function newBucket(under: ProviderUnderTest, name: string) {
  // Bucket names are one space for all accounts.
  const Bucket = `${name}-${under.account.accountId}`;
  await under.clients.s3.createBucket({
    Bucket,
    CreateBucketConfiguration: { LocationConstraint: region },
  });
  return { bucket: Bucket };
}

export async function newRole(under: ProviderUnderTest, name: string, service: string) {
  const { Role } = await under.clients.iam.createRole({
    RoleName: name,
    AssumeRolePolicyDocument: trust(service),
  });
  // A service that gets the role is asked whether it may do what the resource is for.
  await under.clients.iam.putRolePolicy({
    RoleName: name,
    PolicyName: "surroundings",
    PolicyDocument: allow("*"),
  });
  return { role: name, roleArn: Role?.Arn ?? "" };
}

/** A function with one published version. */
export async function newFunction(
  under: ProviderUnderTest,
  name: string,
  code = "exports.handler = async () => 1",
) {
  const { roleArn } = await newRole(under, `${name}-role`, "lambda.amazonaws.com");
  await under.clients.lambda.createFunction({
    FunctionName: name,
    Role: roleArn,
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile: zipSync({ "index.js": new TextEncoder().encode(code) }) },
    Publish: true,
  });
  return { name, arn: arnOf(under, "lambda", `function:${name}`) };
}

/** Changes an event source mapping, and waits until it has changed. */
export async function changeMapping({ lambda }: Clients, UUID: string, changed: object) {
  await lambda.updateEventSourceMapping({ UUID, ...changed });
  await waitUntil(
    async () => {
      const { State = "" } = await lambda.getEventSourceMapping({ UUID });
      return State === "Enabled" || State === "Disabled";
    },
    { what: `the mapping ${UUID} to change`, withinMs: 30_000 },
  );
}

export async function newPolicy(under: ProviderUnderTest, name: string) {
  const { Policy } = await under.clients.iam.createPolicy({
    PolicyName: fresh(name),
    PolicyDocument: allow("sqs:*"),
  });
  return Policy?.Arn ?? "";
}

export async function newKey(under: ProviderUnderTest) {
  const { KeyMetadata } = await under.clients.kms.createKey({});
  return KeyMetadata?.KeyId ?? "";
}

/** A launch template with two versions. */
export async function newTemplate(under: ProviderUnderTest, name: string) {
  const templateName = fresh(name);
  const { LaunchTemplate } = await under.clients.ec2.createLaunchTemplate({
    LaunchTemplateName: templateName,
    LaunchTemplateData: { InstanceType: "t3.medium" },
  });
  const id = LaunchTemplate?.LaunchTemplateId ?? "";
  await under.clients.ec2.createLaunchTemplateVersion({
    LaunchTemplateId: id,
    LaunchTemplateData: { InstanceType: "t3.large" },
  });
  return { template: id, templateName };
}

export async function newGroup(under: ProviderUnderTest, name: string) {
  const { template } = await newTemplate(under, `${name}-template`);
  const group = fresh(name);
  await under.clients.autoScaling.createAutoScalingGroup({
    AutoScalingGroupName: group,
    MinSize: 0,
    MaxSize: 1,
    LaunchTemplate: { LaunchTemplateId: template, Version: "1" },
  });
  return { group };
}

export async function newSecurityGroup(under: ProviderUnderTest, name: string) {
  const { GroupId = "" } = await under.clients.ec2.createSecurityGroup({
    GroupName: fresh(name),
    Description: name,
  });
  return { group: GroupId };
}

export async function newLogGroup(under: ProviderUnderTest, name: string) {
  await under.clients.logs.createLogGroup({ logGroupName: name });
  return { logGroup: name };
}
