import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, json, number, output, regional, required, string } from "../shape";
import { gone } from "./sns-topic";

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
  async read(id, { clients }) {
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
