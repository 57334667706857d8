import * as viz from "@viz-js/viz";
import { fleetTags } from "../../contracts/machine";
import type { DeployedResource } from "../deployed-resource";

/** How resource types that carry messages are drawn. Other types are not in the picture. The page's styles give each
 *  class a colour. */
const shapes: Record<string, { label: string; shape: string }> = {
  "aws:s3/bucket:Bucket": { label: "bucket", shape: "cylinder" },
  "aws:sqs/queue:Queue": { label: "queue", shape: "box" },
  "aws:autoscaling/group:Group": { label: "fleet", shape: "box" },
  "aws:sns/topic:Topic": { label: "topic", shape: "box" },
  "aws:lambda/function:Function": { label: "function", shape: "box" },
};

/** Letters in a line of a name, and the direction of the picture, for a wide and for a narrow page. */
const layouts = {
  wide: { letters: 22, rankdir: "LR", nodesep: 0.25, ranksep: 0.45 },
  narrow: { letters: 15, rankdir: "TB", nodesep: 0.12, ranksep: 0.35 },
} as const;

/** Graphviz measures in points, browsers in pixels. */
const pixelsInPoint = 4 / 3;

/** A picture of how messages flow, based on the properties of the deployed resources. */
export async function deploymentPicture(
  resources: readonly DeployedResource[],
  page: keyof typeof layouts,
): Promise<string> {
  const { letters, ...layout } = layouts[page];
  const nodes = resources.flatMap((resource) => {
    const drawn = shapes[resource.type];
    if (drawn === undefined) return [];
    const { label, shape } = drawn;
    const lines = [label, ...linesOf(nameOf(resource), letters)].join("\n");
    return [{ name: resource.urn, attributes: { label: lines, shape, class: label } }];
  });
  const links = [...messageLinks(resources), ...alarmLinks(resources)];
  const instance = await viz.instance();
  return instance.renderString(
    {
      directed: true,
      graphAttributes: { ...layout, bgcolor: "transparent" },
      // A font whose widths Graphviz knows, so that names fit into their shapes.
      nodeAttributes: {
        ...{ style: "filled", fontname: "Helvetica", fontsize: 13 / pixelsInPoint },
        ...{ margin: "0.1,0.05", width: 0.1, height: 0.1 },
      },
      edgeAttributes: { fontname: "Helvetica", fontsize: 12 / pixelsInPoint, arrowsize: 0.6 },
      nodes,
      edges: links.map((link) => ({
        tail: link.from,
        head: link.to,
        attributes: { label: link.label },
      })),
    },
    { format: "svg" },
  );
}

/** A name in lines of at most `letters` letters, divided at hyphens. */
function linesOf(name: string, letters: number): string[] {
  const lines: string[] = [];
  for (const part of name.split(/(?<=-)/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + part.length <= letters) {
      lines[lines.length - 1] = line + part;
    } else lines.push(part);
  }
  return lines;
}

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
const topicType = "aws:sns/topic:Topic";

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

/** There are many alarms, so the alarms of one resource at one topic are one link. */
function alarmLinks(resources: readonly DeployedResource[]): Link[] {
  const counts = new Map<string, Link & { count: number }>();
  for (const alarm of resources.filter((resource) => resource.type === alarmType)) {
    const dimensions = dimensionsOf(alarm);
    const watched = resources.find(
      (resource) => resource.type in shapes && dimensions.includes(nameOf(resource)),
    );
    const topicArns: unknown[] = [alarm.outputs.alarmActions].flat();
    const topics = resources.filter(
      ({ type, outputs }) => type === topicType && topicArns.includes(outputs.arn),
    );
    for (const topic of topics) {
      if (watched === undefined) continue;
      const key = `${watched.urn} ${topic.urn}`;
      const count = (counts.get(key)?.count ?? 0) + 1;
      const label = count === 1 ? "1 alarm" : `${count} alarms`;
      counts.set(key, { from: watched.urn, to: topic.urn, label, count });
    }
  }
  return [...counts.values()];
}

/** The values of the dimensions of an alarm's metric, or of all metrics in its expression. */
function dimensionsOf({ outputs }: DeployedResource): string[] {
  const queries = records(outputs.metricQueries) as { metric?: Measured }[];
  return [
    { dimensions: outputs.dimensions as Measured["dimensions"] },
    ...queries.map(({ metric }) => metric),
  ].flatMap((metric) => Object.values(metric?.dimensions ?? {}));
}

interface Measured {
  dimensions?: Record<string, string>;
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
