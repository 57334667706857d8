import * as viz from "@viz-js/viz";
import { fleetTags } from "../../contracts/machine";
import type { DeployedResource } from "../deployed-resource";

/** How resource types that carry messages are drawn. Other types are not in the picture. */
const shapes: Record<string, { label: string; shape: string; fill: string }> = {
  "aws:s3/bucket:Bucket": { label: "bucket", shape: "cylinder", fill: "#dcfce7" },
  "aws:sqs/queue:Queue": { label: "queue", shape: "cds", fill: "#dbeafe" },
  "aws:autoscaling/group:Group": { label: "fleet", shape: "component", fill: "#fef3c7" },
  "aws:sns/topic:Topic": { label: "topic", shape: "box", fill: "#fce7f3" },
  "aws:lambda/function:Function": { label: "function", shape: "component", fill: "#fef3c7" },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { label: "alarm", shape: "octagon", fill: "#fee2e2" },
};

/** A picture of how messages flow, based on the properties of the deployed resources. */
export async function deploymentPicture(resources: readonly DeployedResource[]): Promise<string> {
  const drawn = resources.filter((resource) => shapes[resource.type] !== undefined);
  const nodes = drawn
    .filter((resource) => resource.type !== alarmType)
    .map((resource) => ({
      name: resource.urn,
      attributes: attributes(resource.type, nameOf(resource)),
    }));
  const alarms = alarmGroups(drawn);
  const links = [...messageLinks(resources), ...alarms.flatMap((group) => group.links)];
  const instance = await viz.instance();
  return instance.renderString(
    {
      directed: true,
      graphAttributes: { rankdir: "LR", bgcolor: "transparent", nodesep: 0.35, ranksep: 0.35 },
      // A font whose widths Graphviz knows, so that names fit into their shapes.
      nodeAttributes: {
        ...{ style: "filled", fontname: "Helvetica", fontsize: 13, color: "#9ca3af" },
        margin: "0.2,0.08",
      },
      edgeAttributes: { fontname: "Helvetica", fontsize: 10, color: "#6b7280" },
      nodes: [...nodes, ...alarms.map((group) => group.node)],
      edges: links.map((link) => ({
        tail: link.from,
        head: link.to,
        attributes: { label: link.label },
      })),
    },
    { format: "svg" },
  );
}

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

interface Link {
  from: string;
  to: string;
  label: string;
}

/** A resource refers to another by its ARN or its name. Each such property becomes a link. */
function messageLinks(resources: readonly DeployedResource[]): Link[] {
  const find = (type: string, mentioned: string | undefined) =>
    mentioned === undefined
      ? undefined
      : resources.find(
          (resource) =>
            resource.type === type &&
            [resource.outputs.arn, resource.id, nameOf(resource)].includes(mentioned),
        );
  const links: Link[] = [];
  const add = (
    from: DeployedResource | undefined,
    to: DeployedResource | undefined,
    label: string,
  ) => {
    if (from !== undefined && to !== undefined) links.push({ from: from.urn, to: to.urn, label });
  };
  for (const resource of resources) {
    const { outputs } = resource;
    if (resource.type === "aws:s3/bucketNotification:BucketNotification") {
      for (const target of records(outputs.queues)) {
        add(
          find("aws:s3/bucket:Bucket", text(outputs.bucket)),
          find("aws:sqs/queue:Queue", text(target.queueArn)),
          "uploads",
        );
      }
    }
    if (resource.type === "aws:sqs/queue:Queue" && text(outputs.redrivePolicy)) {
      const policy = JSON.parse(outputs.redrivePolicy as string) as {
        deadLetterTargetArn?: string;
      };
      add(resource, find("aws:sqs/queue:Queue", policy.deadLetterTargetArn), "dead letters");
    }
    if (resource.type === "aws:autoscaling/group:Group") {
      const consumes = records(outputs.tags).find((tag) => tag.key === fleetTags.consumes);
      add(find("aws:sqs/queue:Queue", text(consumes?.value)), resource, "works on");
    }
    if (resource.type === "aws:sns/topicSubscription:TopicSubscription") {
      add(
        find("aws:sns/topic:Topic", text(outputs.topic)),
        find("aws:lambda/function:Function", withoutQualifier(text(outputs.endpoint))),
        "notifies",
      );
    }
  }
  return links;
}

/** There are many alarms, so all alarms of one resource are drawn as one node. */
function alarmGroups(drawn: readonly DeployedResource[]) {
  const groups = new Map<string, { count: number; topics: Set<string> }>();
  for (const alarm of drawn.filter((resource) => resource.type === alarmType)) {
    const dimensions = alarm.outputs.dimensions as Record<string, string> | undefined;
    const watched = drawn.find((resource) =>
      Object.values(dimensions ?? {}).includes(nameOf(resource)),
    );
    const topicArns = [alarm.outputs.alarmActions ?? []].flat();
    const topics = drawn.filter((resource) => topicArns.includes(resource.outputs.arn as string));
    const from = watched?.urn ?? "";
    const group = groups.get(from) ?? { count: 0, topics: new Set() };
    group.count += 1;
    topics.forEach(({ urn }) => group.topics.add(urn));
    groups.set(from, group);
  }
  return [...groups].map(([from, { count, topics }]) => {
    const name = `alarms of ${from}`;
    const label = count === 1 ? "1 alarm" : `${count} alarms`;
    return {
      node: { name, attributes: { ...attributes(alarmType, ""), label } },
      links: [
        ...(from === "" ? [] : [{ from, to: name, label: "watched by" }]),
        ...[...topics].map((to) => ({ from: name, to, label: "" })),
      ],
    };
  });
}

function attributes(type: string, name: string) {
  const { label, shape, fill } = shapes[type] ?? { label: type, shape: "box", fill: "#ffffff" };
  return { label: `${label}\n${name}`, shape, fillcolor: fill };
}

/** A function's ARN without the version or alias that may follow its name. */
const withoutQualifier = (arn: string | undefined) => arn?.split(":").slice(0, 7).join(":");

const text = (value: unknown) => (typeof value === "string" ? value : undefined);
const records = (value: unknown) =>
  Array.isArray(value) ? (value as Record<string, unknown>[]) : [];

function nameOf(resource: DeployedResource): string {
  const { name, bucket } = resource.outputs;
  return text(name) ?? text(bucket) ?? resource.id ?? resource.urn;
}
