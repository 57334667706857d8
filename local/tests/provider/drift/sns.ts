import { each, type Drift } from "./drift";
import { admit, newKey, newQueue, newTopic } from "../surroundings";

const topicAttributes = (table: Record<string, [string, string]>) =>
  each(table, ({ sns }, TopicArn, [AttributeName, AttributeValue]) =>
    sns.setTopicAttributes({ TopicArn, AttributeName, AttributeValue }),
  );
const subscriptionAttributes = (table: Record<string, [string, string]>) =>
  each(table, ({ sns }, SubscriptionArn, [AttributeName, AttributeValue]) =>
    sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue }),
  );

const feedbackRole = "arn:aws:iam::123456789012:role/feedback";
const otherRole = "arn:aws:iam::123456789012:role/by-hand";
const retries = (numRetries: number) =>
  JSON.stringify({ http: { defaultHealthyRetryPolicy: { numRetries } } });

export const snsDrifts: Drift[] = [
  {
    type: "aws:sns/topic:Topic",
    prepare: async (under) => ({ key: await newKey(under), other: await newKey(under) }),
    inputs: ({ key = "" }) => ({
      name: "alerts",
      displayName: "Alerts",
      policy: admit("cloudwatch.amazonaws.com", "sns:Publish", "*"),
      deliveryPolicy: retries(5),
      kmsMasterKeyId: key,
      signatureVersion: 2,
      tracingConfig: "Active",
      sqsSuccessFeedbackRoleArn: feedbackRole,
      sqsSuccessFeedbackSampleRate: 100,
      sqsFailureFeedbackRoleArn: feedbackRole,
      lambdaSuccessFeedbackRoleArn: feedbackRole,
      lambdaSuccessFeedbackSampleRate: 100,
      lambdaFailureFeedbackRoleArn: feedbackRole,
      tags: { Project: "files" },
    }),
    fixed: ["fifoTopic"],
    byHand: {
      ...topicAttributes({
        displayName: ["DisplayName", "by hand"],
        policy: ["Policy", admit("events.amazonaws.com", "sns:*", "*")],
        deliveryPolicy: ["DeliveryPolicy", retries(0)],
        signatureVersion: ["SignatureVersion", "1"],
        tracingConfig: ["TracingConfig", "PassThrough"],
        sqsSuccessFeedbackRoleArn: ["SQSSuccessFeedbackRoleArn", otherRole],
        sqsSuccessFeedbackSampleRate: ["SQSSuccessFeedbackSampleRate", "1"],
        sqsFailureFeedbackRoleArn: ["SQSFailureFeedbackRoleArn", otherRole],
        lambdaSuccessFeedbackRoleArn: ["LambdaSuccessFeedbackRoleArn", otherRole],
        lambdaSuccessFeedbackSampleRate: ["LambdaSuccessFeedbackSampleRate", "1"],
        lambdaFailureFeedbackRoleArn: ["LambdaFailureFeedbackRoleArn", otherRole],
      }),
      kmsMasterKeyId: ({ sns }, TopicArn, { other }) =>
        sns.setTopicAttributes({
          TopicArn,
          AttributeName: "KmsMasterKeyId",
          AttributeValue: other,
        }),
      tags: ({ sns }, ResourceArn) =>
        sns.tagResource({ ResourceArn, Tags: [{ Key: "Project", Value: "by hand" }] }),
    },
    removals: { it: ({ sns }, TopicArn) => sns.deleteTopic({ TopicArn }) },
  },
  {
    type: "aws:sns/topic:Topic",
    variant: "FIFO",
    inputs: { name: "ordered.fifo", fifoTopic: true, fifoThroughputScope: "MessageGroup" },
    byHand: topicAttributes({
      contentBasedDeduplication: ["ContentBasedDeduplication", "true"],
      fifoThroughputScope: ["FifoThroughputScope", "Topic"],
    }),
    removals: { it: ({ sns }, TopicArn) => sns.deleteTopic({ TopicArn }) },
  },
  {
    type: "aws:sns/topicPolicy:TopicPolicy",
    prepare: (under) => newTopic(under, "with-policy"),
    inputs: ({ topic = "" }) => ({
      arn: topic,
      policy: admit("cloudwatch.amazonaws.com", "sns:Publish", topic),
    }),
    fixed: ["arn"],
    byHand: topicAttributes({ policy: ["Policy", admit("s3.amazonaws.com", "sns:*", "*")] }),
    removals: { "its topic": ({ sns }, TopicArn) => sns.deleteTopic({ TopicArn }) },
  },
  {
    type: "aws:sns/topicSubscription:TopicSubscription",
    prepare: async (under) => ({
      ...(await newTopic(under, "subscribed")),
      inbox: (await newQueue(under, "inbox")).arn,
    }),
    inputs: ({ topic = "", inbox = "" }) => ({
      topic,
      protocol: "sqs",
      endpoint: inbox,
      filterPolicy: JSON.stringify({ severity: ["critical"] }),
      filterPolicyScope: "MessageAttributes",
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: inbox }),
    }),
    fixed: ["topic", "protocol", "endpoint"],
    byHand: {
      ...subscriptionAttributes({
        rawMessageDelivery: ["RawMessageDelivery", "true"],
        filterPolicy: ["FilterPolicy", JSON.stringify({ severity: ["none"] })],
        filterPolicyScope: ["FilterPolicyScope", "MessageBody"],
      }),
      redrivePolicy: ({ sns }, SubscriptionArn) =>
        sns.setSubscriptionAttributes({
          SubscriptionArn,
          AttributeName: "RedrivePolicy",
          AttributeValue: "",
        }),
    },
    removals: {
      it: ({ sns }, SubscriptionArn) => sns.unsubscribe({ SubscriptionArn }),
      "its topic": ({ sns }, _id, { topic }) => sns.deleteTopic({ TopicArn: topic }),
    },
  },
  {
    type: "aws:sns/topicSubscription:TopicSubscription",
    variant: "over HTTP and to Firehose",
    prepare: (under) => newTopic(under, "posted"),
    inputs: ({ topic = "" }) => ({
      topic,
      protocol: "firehose",
      endpoint: "arn:aws:firehose:ap-northeast-1:123456789012:deliverystream/alerts",
      subscriptionRoleArn: feedbackRole,
      deliveryPolicy: JSON.stringify({ healthyRetryPolicy: { numRetries: 5 } }),
    }),
    byHand: subscriptionAttributes({
      deliveryPolicy: ["DeliveryPolicy", JSON.stringify({ healthyRetryPolicy: { numRetries: 0 } })],
      subscriptionRoleArn: ["SubscriptionRoleArn", otherRole],
    }),
    removals: { it: ({ sns }, SubscriptionArn) => sns.unsubscribe({ SubscriptionArn }) },
  },
];
