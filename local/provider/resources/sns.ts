import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, json, number, output, regional, required, string, tagged } from "../shape";
import { fromTagList, toTagList, updateTags } from "../tags";

const gone = ["NotFoundException", "NotFound", "ResourceNotFoundException"];

const topicAttributes = {
  displayName: "DisplayName",
  policy: "Policy",
  deliveryPolicy: "DeliveryPolicy",
  kmsMasterKeyId: "KmsMasterKeyId",
  contentBasedDeduplication: "ContentBasedDeduplication",
  fifoThroughputScope: "FifoThroughputScope",
  signatureVersion: "SignatureVersion",
  tracingConfig: "TracingConfig",
  sqsSuccessFeedbackRoleArn: "SQSSuccessFeedbackRoleArn",
  sqsSuccessFeedbackSampleRate: "SQSSuccessFeedbackSampleRate",
  sqsFailureFeedbackRoleArn: "SQSFailureFeedbackRoleArn",
  lambdaSuccessFeedbackRoleArn: "LambdaSuccessFeedbackRoleArn",
  lambdaSuccessFeedbackSampleRate: "LambdaSuccessFeedbackSampleRate",
  lambdaFailureFeedbackRoleArn: "LambdaFailureFeedbackRoleArn",
} as const;
type TopicAttribute = keyof typeof topicAttributes;

export const topic = resourceType({
  type: "aws:sns/topic:Topic",
  shape: {
    ...regional,
    ...tagged,
    name: string({ replaces: true, computed: true }),
    namePrefix: string({ replaces: true }),
    displayName: string(),
    policy: json({ computed: true }),
    deliveryPolicy: json(),
    kmsMasterKeyId: string(),
    fifoTopic: boolean({ default: false, replaces: true }),
    contentBasedDeduplication: boolean({ default: false }),
    fifoThroughputScope: string({ computed: true, oneOf: ["Topic", "MessageGroup"] }),
    signatureVersion: number({ computed: true, range: [1, 2] }),
    tracingConfig: string({ computed: true, oneOf: ["Active", "PassThrough"] }),
    sqsSuccessFeedbackRoleArn: string(),
    sqsSuccessFeedbackSampleRate: number({ range: [0, 100] }),
    sqsFailureFeedbackRoleArn: string(),
    lambdaSuccessFeedbackRoleArn: string(),
    lambdaSuccessFeedbackSampleRate: number({ range: [0, 100] }),
    lambdaFailureFeedbackRoleArn: string(),
    arn: output(string()),
    owner: output(string()),
    beginningArchiveTime: output(string()),
  },
  name: {
    property: "name",
    prefixProperty: "namePrefix",
    maxLength: 256,
    adapt: (name, { fifoTopic }) => (fifoTopic === true ? `${name}.fifo` : name),
  },
  check({ name, fifoTopic }) {
    if (typeof name !== "string" || name.endsWith(".fifo") === (fifoTopic === true)) return [];
    return [
      {
        property: "name",
        reason: `name is ${name} with fifoTopic ${String(fifoTopic === true)}; names of FIFO topics, and only theirs, end in .fifo`,
      },
    ];
  },
  async create(inputs, { clients, created }) {
    const attributes: Record<string, string> =
      inputs.fifoTopic === true ? { FifoTopic: "true" } : {};
    for (const [property, name] of Object.entries(topicAttributes)) {
      const value = inputs[property as TopicAttribute];
      if (value !== undefined && value !== false && value !== "") attributes[name] = String(value);
    }
    const { TopicArn = "" } = await clients.sns.createTopic({
      Name: inputs.name,
      Attributes: attributes,
      Tags: toTagList(inputs.tagsAll),
    });
    created(TopicArn);
    return TopicArn;
  },
  async read(id, { clients }) {
    const answer = await ifThere(gone, clients.sns.getTopicAttributes({ TopicArn: id }));
    if (answer === undefined) return undefined;
    const { Attributes = {} } = answer;
    const { Tags } = await clients.sns.listTagsForResource({ ResourceArn: id });
    const found = Object.fromEntries(
      Object.entries(topicAttributes).map(([property, name]) => [property, Attributes[name] ?? ""]),
    ) as Record<TopicAttribute, string>;
    const whole = (text: string) => (text === "" ? undefined : Number(text));
    return {
      ...found,
      name: id.slice(id.lastIndexOf(":") + 1),
      fifoTopic: Attributes.FifoTopic === "true",
      contentBasedDeduplication: found.contentBasedDeduplication === "true",
      signatureVersion: whole(found.signatureVersion),
      sqsSuccessFeedbackSampleRate: whole(found.sqsSuccessFeedbackSampleRate),
      lambdaSuccessFeedbackSampleRate: whole(found.lambdaSuccessFeedbackSampleRate),
      arn: id,
      owner: Attributes.Owner,
      beginningArchiveTime: "",
      tagsAll: fromTagList(Tags),
    };
  },
  async update(id, inputs, { changed, old }, { clients }) {
    for (const [property, AttributeName] of Object.entries(topicAttributes)) {
      if (!changed.has(property)) continue;
      const AttributeValue = String(inputs[property as TopicAttribute] ?? "");
      await clients.sns.setTopicAttributes({ TopicArn: id, AttributeName, AttributeValue });
    }
    await updateTags(
      old.tagsAll,
      inputs.tagsAll,
      (TagKeys) => clients.sns.untagResource({ ResourceArn: id, TagKeys }),
      (tags) => clients.sns.tagResource({ ResourceArn: id, Tags: toTagList(tags) }),
    );
  },
  async delete(id, _state, { clients }) {
    await ignoreGone(gone, clients.sns.deleteTopic({ TopicArn: id }));
  },
});

/** What AWS gives a topic whose policy is taken away: its account may do everything. */
const defaultPolicy = (arn: string, accountId: string) =>
  JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:GetTopicAttributes",
          "SNS:SetTopicAttributes",
          "SNS:AddPermission",
          "SNS:RemovePermission",
          "SNS:DeleteTopic",
          "SNS:Subscribe",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": accountId } },
      },
    ],
  });

export const topicPolicy = resourceType({
  type: "aws:sns/topicPolicy:TopicPolicy",
  shape: {
    ...regional,
    arn: required(string({ replaces: true })),
    policy: required(json()),
    owner: output(string()),
  },
  async create({ arn, policy }, { clients }) {
    await clients.sns.setTopicAttributes({
      TopicArn: arn,
      AttributeName: "Policy",
      AttributeValue: policy,
    });
    return arn;
  },
  async read(id, { clients }) {
    const answer = await ifThere(gone, clients.sns.getTopicAttributes({ TopicArn: id }));
    if (answer === undefined) return undefined;
    return { arn: id, policy: answer.Attributes?.Policy, owner: answer.Attributes?.Owner };
  },
  async update(id, { policy }, _change, { clients }) {
    await clients.sns.setTopicAttributes({
      TopicArn: id,
      AttributeName: "Policy",
      AttributeValue: policy,
    });
  },
  async delete(id, _state, { clients, accountId }) {
    const AttributeValue = defaultPolicy(id, accountId);
    await ignoreGone(
      gone,
      clients.sns.setTopicAttributes({ TopicArn: id, AttributeName: "Policy", AttributeValue }),
    );
  },
});

const subscriptionAttributes = {
  rawMessageDelivery: "RawMessageDelivery",
  filterPolicy: "FilterPolicy",
  filterPolicyScope: "FilterPolicyScope",
  deliveryPolicy: "DeliveryPolicy",
  redrivePolicy: "RedrivePolicy",
  subscriptionRoleArn: "SubscriptionRoleArn",
} as const;
type SubscriptionAttribute = keyof typeof subscriptionAttributes;

export const topicSubscription = resourceType({
  type: "aws:sns/topicSubscription:TopicSubscription",
  shape: {
    ...regional,
    topic: required(string({ replaces: true })),
    protocol: required(
      string({
        replaces: true,
        oneOf: [
          "application",
          "email",
          "email-json",
          "firehose",
          "http",
          "https",
          "lambda",
          "sms",
          "sqs",
        ],
      }),
    ),
    endpoint: required(string({ replaces: true })),
    rawMessageDelivery: boolean({ default: false }),
    filterPolicy: json(),
    filterPolicyScope: string({ computed: true, oneOf: ["MessageAttributes", "MessageBody"] }),
    deliveryPolicy: json(),
    redrivePolicy: json(),
    subscriptionRoleArn: string(),
    confirmationTimeoutInMinutes: number({ default: 1 }),
    endpointAutoConfirms: boolean({ default: false }),
    arn: output(string()),
    ownerId: output(string()),
    pendingConfirmation: output(boolean()),
    confirmationWasAuthenticated: output(boolean()),
  },
  async create(inputs, { clients, created }) {
    const attributes: Record<string, string> = {};
    for (const [property, name] of Object.entries(subscriptionAttributes)) {
      const value = inputs[property as SubscriptionAttribute];
      if (value !== undefined && value !== false && value !== "") attributes[name] = String(value);
    }
    const { SubscriptionArn = "" } = await clients.sns.subscribe({
      TopicArn: inputs.topic,
      Protocol: inputs.protocol,
      Endpoint: inputs.endpoint,
      Attributes: attributes,
      ReturnSubscriptionArn: true,
    });
    created(SubscriptionArn);
    return SubscriptionArn;
  },
  async read(id, { clients }, recorded) {
    const answer = await ifThere(
      [...gone, "InvalidParameterException"],
      clients.sns.getSubscriptionAttributes({ SubscriptionArn: id }),
    );
    if (answer === undefined) return undefined;
    const { Attributes = {} } = answer;
    return {
      topic: Attributes.TopicArn,
      protocol: Attributes.Protocol,
      endpoint: Attributes.Endpoint,
      rawMessageDelivery: Attributes.RawMessageDelivery === "true",
      filterPolicy: Attributes.FilterPolicy ?? "",
      filterPolicyScope: Attributes.FilterPolicyScope ?? "",
      deliveryPolicy: Attributes.DeliveryPolicy ?? "",
      redrivePolicy: Attributes.RedrivePolicy ?? "",
      subscriptionRoleArn: Attributes.SubscriptionRoleArn ?? "",
      confirmationTimeoutInMinutes: recorded.confirmationTimeoutInMinutes ?? 1,
      endpointAutoConfirms: recorded.endpointAutoConfirms ?? false,
      arn: id,
      ownerId: Attributes.Owner,
      pendingConfirmation: Attributes.PendingConfirmation === "true",
      confirmationWasAuthenticated: Attributes.ConfirmationWasAuthenticated === "true",
    };
  },
  async update(id, inputs, { changed }, { clients }) {
    // The scope first: SNS judges a filter policy by it.
    const order: SubscriptionAttribute[] = [
      "filterPolicyScope",
      ...(Object.keys(subscriptionAttributes) as SubscriptionAttribute[]),
    ];
    for (const property of new Set(order)) {
      if (!changed.has(property)) continue;
      const value = inputs[property];
      await clients.sns.setSubscriptionAttributes({
        SubscriptionArn: id,
        AttributeName: subscriptionAttributes[property],
        AttributeValue:
          value === undefined ? (property === "filterPolicy" ? "{}" : "") : String(value),
      });
    }
  },
  async delete(id, _state, { clients }) {
    await ignoreGone(
      [...gone, "InvalidParameterException"],
      clients.sns.unsubscribe({ SubscriptionArn: id }),
    );
  },
});
