import { randomBytes } from "node:crypto";
import type { Event, NotificationConfiguration } from "@aws-sdk/client-s3";
import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, list, object, type Property, regional, required, set, string } from "../shape";
import { bucketGone } from "./s3-bucket";

interface Notification {
  id?: string;
  events: string[];
  filterPrefix?: string;
  filterSuffix?: string;
}
type To<Target extends string> = Notification & Partial<Record<Target, string>>;

const notification = <Target extends string>(target: Target, arn: Property<string>) =>
  object({
    id: string({ computed: true }),
    events: required(set(string())),
    filterPrefix: string(),
    filterSuffix: string(),
    [target]: arn,
  }) as Property<To<Target>>;

export const bucketNotification = resourceType({
  type: "aws:s3/bucketNotification:BucketNotification",
  shape: {
    ...regional,
    bucket: required(string({ replaces: true })),
    eventbridge: boolean({ default: false }),
    queues: list(notification("queueArn", required(string()))),
    topics: list(notification("topicArn", required(string()))),
    lambdaFunctions: list(notification("lambdaFunctionArn", string())),
  },
  async put(inputs, { clients }) {
    const Bucket = inputs.bucket;
    const NotificationConfiguration = configuration(inputs);
    await clients.s3.putBucketNotificationConfiguration({ Bucket, NotificationConfiguration });
    return Bucket;
  },
  async read(Bucket, { clients }) {
    const found = await ifThere(
      bucketGone,
      clients.s3.getBucketNotificationConfiguration({ Bucket }),
    );
    if (found === undefined) return undefined;
    const queues = (found.QueueConfigurations ?? []).map((one) => ({
      ...fromConfiguration(one),
      queueArn: one.QueueArn ?? "",
    }));
    const topics = (found.TopicConfigurations ?? []).map((one) => ({
      ...fromConfiguration(one),
      topicArn: one.TopicArn ?? "",
    }));
    const lambdaFunctions = (found.LambdaFunctionConfigurations ?? []).map((one) => ({
      ...fromConfiguration(one),
      lambdaFunctionArn: one.LambdaFunctionArn ?? "",
    }));
    const eventbridge = found.EventBridgeConfiguration !== undefined;
    if (!eventbridge && queues.length + topics.length + lambdaFunctions.length === 0) {
      return undefined;
    }
    return { bucket: Bucket, eventbridge, queues, topics, lambdaFunctions };
  },
  async delete(Bucket, _state, { clients }) {
    await ignoreGone(
      bucketGone,
      clients.s3.putBucketNotificationConfiguration({ Bucket, NotificationConfiguration: {} }),
    );
  },
});

function fromConfiguration(one: {
  Id?: string;
  Events: Event[] | undefined;
  Filter?: { Key?: { FilterRules?: { Name?: string; Value?: string }[] } };
}): Notification {
  const rule = (name: string) =>
    one.Filter?.Key?.FilterRules?.find(({ Name }) => Name?.toLowerCase() === name)?.Value;
  return {
    id: one.Id,
    events: one.Events ?? [],
    filterPrefix: rule("prefix"),
    filterSuffix: rule("suffix"),
  };
}

function configuration(inputs: {
  eventbridge?: boolean;
  queues?: To<"queueArn">[];
  topics?: To<"topicArn">[];
  lambdaFunctions?: To<"lambdaFunctionArn">[];
}): NotificationConfiguration {
  return {
    ...(inputs.eventbridge === true ? { EventBridgeConfiguration: {} } : {}),
    QueueConfigurations: inputs.queues?.map((one) => ({
      ...toConfiguration(one, "queue"),
      QueueArn: one.queueArn,
    })),
    TopicConfigurations: inputs.topics?.map((one) => ({
      ...toConfiguration(one, "topic"),
      TopicArn: one.topicArn,
    })),
    LambdaFunctionConfigurations: inputs.lambdaFunctions?.map((one) => ({
      ...toConfiguration(one, "lambda"),
      LambdaFunctionArn: one.lambdaFunctionArn,
    })),
  };
}

function toConfiguration({ id, events, filterPrefix, filterSuffix }: Notification, kind: string) {
  const FilterRules = [
    ...(filterPrefix === undefined ? [] : [{ Name: "prefix" as const, Value: filterPrefix }]),
    ...(filterSuffix === undefined ? [] : [{ Name: "suffix" as const, Value: filterSuffix }]),
  ];
  return {
    Id: id ?? `tf-s3-${kind}-${randomBytes(13).toString("hex")}`,
    Events: events as Event[],
    ...(FilterRules.length === 0 ? {} : { Filter: { Key: { FilterRules } } }),
  };
}
