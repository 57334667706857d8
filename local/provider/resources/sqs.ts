import type { QueueAttributeName } from "@aws-sdk/client-sqs";
import type { Clients } from "../clients";
import { ifThere, ignoreGone } from "../gone";
import { resourceType, type ResourceType } from "../resource-type";
import { boolean, json, number, output, regional, required, string, tagged } from "../shape";

const gone = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

/** Queue attributes by property; all of them travel as text. */
const attributeNames = {
  visibilityTimeoutSeconds: "VisibilityTimeout",
  messageRetentionSeconds: "MessageRetentionPeriod",
  maxMessageSize: "MaximumMessageSize",
  delaySeconds: "DelaySeconds",
  receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
  policy: "Policy",
  redrivePolicy: "RedrivePolicy",
  redriveAllowPolicy: "RedriveAllowPolicy",
  fifoQueue: "FifoQueue",
  contentBasedDeduplication: "ContentBasedDeduplication",
  deduplicationScope: "DeduplicationScope",
  fifoThroughputLimit: "FifoThroughputLimit",
  kmsMasterKeyId: "KmsMasterKeyId",
  kmsDataKeyReusePeriodSeconds: "KmsDataKeyReusePeriodSeconds",
  sqsManagedSseEnabled: "SqsManagedSseEnabled",
} as const;

type AttributeProperty = keyof typeof attributeNames;
const attributeProperties = Object.keys(attributeNames) as AttributeProperty[];

const asText = (value: string | number | boolean | undefined) =>
  value === undefined ? "" : String(value);

export const queue = resourceType({
  type: "aws:sqs/queue:Queue",
  shape: {
    ...regional,
    ...tagged,
    name: string({ replaces: true, computed: true }),
    namePrefix: string({ replaces: true }),
    visibilityTimeoutSeconds: number({ default: 30, range: [0, 43_200] }),
    messageRetentionSeconds: number({ default: 345_600, range: [60, 1_209_600] }),
    maxMessageSize: number({ default: 262_144, range: [1024, 1_048_576] }),
    delaySeconds: number({ default: 0, range: [0, 900] }),
    receiveWaitTimeSeconds: number({ default: 0, range: [0, 20] }),
    policy: json({ computed: true }),
    redrivePolicy: json({ computed: true }),
    redriveAllowPolicy: json({ computed: true }),
    fifoQueue: boolean({ replaces: true, default: false }),
    contentBasedDeduplication: boolean({ default: false }),
    deduplicationScope: string({ computed: true, oneOf: ["messageGroup", "queue"] }),
    fifoThroughputLimit: string({ computed: true, oneOf: ["perQueue", "perMessageGroupId"] }),
    kmsMasterKeyId: string(),
    kmsDataKeyReusePeriodSeconds: number({ computed: true, range: [60, 86_400] }),
    sqsManagedSseEnabled: boolean({ computed: true }),
    arn: output(string()),
    url: output(string()),
  },
  name: {
    property: "name",
    prefixProperty: "namePrefix",
    maxLength: 80,
    adapt: (name, { fifoQueue }) => (fifoQueue === true ? `${name}.fifo` : name),
  },
  check({ name, fifoQueue, contentBasedDeduplication, kmsMasterKeyId, sqsManagedSseEnabled }) {
    const faults: { property?: string; reason: string }[] = [];
    if (typeof name === "string" && name.endsWith(".fifo") !== (fifoQueue === true)) {
      faults.push({
        property: "name",
        reason: `name is ${name} with fifoQueue ${String(fifoQueue === true)}; names of FIFO queues, and only theirs, end in .fifo`,
      });
    }
    if (typeof name === "string" && !/^[\w-]{1,80}$/.test(name.replace(/\.fifo$/, ""))) {
      faults.push({
        property: "name",
        reason: `name is ${name}; it must be 1 to 80 letters, digits, hyphens and underscores`,
      });
    }
    if (kmsMasterKeyId !== undefined && sqsManagedSseEnabled === true) {
      faults.push({
        property: "kmsMasterKeyId",
        reason: "kmsMasterKeyId and sqsManagedSseEnabled exclude each other; drop one",
      });
    }
    if (contentBasedDeduplication === true && fifoQueue !== true) {
      faults.push({
        property: "contentBasedDeduplication",
        reason: "contentBasedDeduplication is true; only FIFO queues have it, set fifoQueue too",
      });
    }
    return faults;
  },
  async create(inputs, { clients, created }) {
    const attributes: Partial<Record<QueueAttributeName, string>> = {};
    for (const property of attributeProperties) {
      const value = inputs[property];
      // SQS refuses the FIFO attributes, even as "false", for a standard queue.
      if (value === undefined || value === false || value === "") continue;
      attributes[attributeNames[property]] = String(value);
    }
    if (inputs.sqsManagedSseEnabled === false) attributes.SqsManagedSseEnabled = "false";
    const { QueueUrl = "" } = await clients.sqs.createQueue({
      QueueName: inputs.name,
      Attributes: attributes,
      tags: inputs.tagsAll,
    });
    created(QueueUrl);
    return QueueUrl;
  },
  async read(id, { clients }) {
    const attributes = await queueAttributes(clients, id);
    if (attributes === undefined) return undefined;
    const { Tags } = await clients.sqs.listQueueTags({ QueueUrl: id });
    const whole = (name: QueueAttributeName) =>
      attributes[name] === undefined ? undefined : Number(attributes[name]);
    const flag = (name: QueueAttributeName) => attributes[name] === "true";
    return {
      name: id.slice(id.lastIndexOf("/") + 1),
      arn: attributes.QueueArn,
      url: id,
      visibilityTimeoutSeconds: whole("VisibilityTimeout"),
      messageRetentionSeconds: whole("MessageRetentionPeriod"),
      maxMessageSize: whole("MaximumMessageSize"),
      delaySeconds: whole("DelaySeconds"),
      receiveWaitTimeSeconds: whole("ReceiveMessageWaitTimeSeconds"),
      policy: attributes.Policy ?? "",
      redrivePolicy: attributes.RedrivePolicy ?? "",
      redriveAllowPolicy: attributes.RedriveAllowPolicy ?? "",
      fifoQueue: flag("FifoQueue"),
      contentBasedDeduplication: flag("ContentBasedDeduplication"),
      deduplicationScope: attributes.DeduplicationScope ?? "",
      fifoThroughputLimit: attributes.FifoThroughputLimit ?? "",
      kmsMasterKeyId: attributes.KmsMasterKeyId ?? "",
      kmsDataKeyReusePeriodSeconds: whole("KmsDataKeyReusePeriodSeconds") ?? 300,
      sqsManagedSseEnabled: flag("SqsManagedSseEnabled"),
      tagsAll: Tags,
    };
  },
  async update(id, inputs, { changed }, { clients }) {
    const properties = attributeProperties.filter((property) => changed.has(property));
    if (properties.length > 0) {
      await clients.sqs.setQueueAttributes({
        QueueUrl: id,
        Attributes: Object.fromEntries(
          properties.map((property) => [attributeNames[property], asText(inputs[property])]),
        ),
      });
    }
  },
  tags: {
    remove: (QueueUrl, TagKeys, { clients }) => clients.sqs.untagQueue({ QueueUrl, TagKeys }),
    put: (QueueUrl, Tags, { clients }) => clients.sqs.tagQueue({ QueueUrl, Tags }),
  },
  async delete(id, _state, { clients }) {
    await ignoreGone(gone, clients.sqs.deleteQueue({ QueueUrl: id }));
  },
});

const queueAttributes = async (clients: Clients, url: string) => {
  const answer = await ifThere(
    gone,
    clients.sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ["All"] }),
  );
  return answer === undefined ? undefined : (answer.Attributes ?? {});
};

/** One attribute of a queue that is managed by a resource of its own; its id is the queue's URL. */
function attributeResource(type: string, property: AttributeProperty): ResourceType {
  const set = (clients: Clients, url: string, value: unknown) =>
    clients.sqs.setQueueAttributes({
      QueueUrl: url,
      Attributes: { [attributeNames[property]]: String(value) },
    });
  return {
    type,
    shape: {
      ...regional,
      queueUrl: required(string({ replaces: true })),
      [property]: required(json()),
    },
    async create(inputs, { clients }) {
      const url = String(inputs.queueUrl);
      await set(clients, url, inputs[property]);
      return url;
    },
    async read(id, { clients }) {
      const value = (await queueAttributes(clients, id))?.[attributeNames[property]];
      return value === undefined || value === "" ? undefined : { queueUrl: id, [property]: value };
    },
    async update(id, inputs, _change, { clients }) {
      await set(clients, id, inputs[property]);
    },
    async delete(id, _state, { clients }) {
      await ignoreGone(gone, set(clients, id, ""));
    },
  };
}

export const queuePolicy = attributeResource("aws:sqs/queuePolicy:QueuePolicy", "policy");
export const redrivePolicy = attributeResource(
  "aws:sqs/redrivePolicy:RedrivePolicy",
  "redrivePolicy",
);
export const redriveAllowPolicy = attributeResource(
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
  "redriveAllowPolicy",
);
