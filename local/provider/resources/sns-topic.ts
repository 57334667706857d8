import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, json, number, output, regional, string, tagged } from "../shape";
import { fromTagList, toTagList } from "../tags";

export const gone = ["NotFoundException", "NotFound", "ResourceNotFoundException"];

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
  async update(id, inputs, { changed }, { clients }) {
    for (const [property, AttributeName] of Object.entries(topicAttributes)) {
      if (!changed.has(property)) continue;
      const AttributeValue = String(inputs[property as TopicAttribute] ?? "");
      await clients.sns.setTopicAttributes({ TopicArn: id, AttributeName, AttributeValue });
    }
  },
  tags: {
    remove: (ResourceArn, TagKeys, { clients }) =>
      clients.sns.untagResource({ ResourceArn, TagKeys }),
    put: (ResourceArn, tags, { clients }) =>
      clients.sns.tagResource({ ResourceArn, Tags: toTagList(tags) }),
  },
  async delete(id, _state, { clients }) {
    await ignoreGone(gone, clients.sns.deleteTopic({ TopicArn: id }));
  },
});
