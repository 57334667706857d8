import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, map, number, object, output, regional, required, string, tagged } from "../shape";

const gone = ["ResourceNotFoundException"];

/** Days; 0 means forever. Source: CloudWatch Logs PutRetentionPolicy. */
const retentionDays = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
  3288, 3653,
];

export const logGroup = resourceType({
  type: "aws:cloudwatch/logGroup:LogGroup",
  shape: {
    ...regional,
    ...tagged,
    name: string({ replaces: true, computed: true }),
    namePrefix: string({ replaces: true }),
    retentionInDays: number({ default: 0, oneOf: retentionDays }),
    kmsKeyId: string(),
    logGroupClass: string({
      computed: true,
      replaces: true,
      oneOf: ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"],
    }),
    skipDestroy: boolean({ default: false }),
    arn: output(string()),
  },
  name: { property: "name", prefixProperty: "namePrefix", maxLength: 512 },
  async create(inputs, { clients, created }) {
    const logGroupName = inputs.name ?? "";
    await clients.logs.createLogGroup({
      logGroupName,
      kmsKeyId: inputs.kmsKeyId,
      logGroupClass: inputs.logGroupClass as "STANDARD" | undefined,
      tags: inputs.tagsAll,
    });
    created(logGroupName);
    const retentionInDays = inputs.retentionInDays ?? 0;
    if (retentionInDays > 0) {
      await clients.logs.putRetentionPolicy({ logGroupName, retentionInDays });
    }
    return logGroupName;
  },
  async read(id, { clients }) {
    const { logGroups } = await clients.logs.describeLogGroups({ logGroupNamePrefix: id });
    const group = logGroups?.find(({ logGroupName }) => logGroupName === id);
    if (group === undefined) return undefined;
    const arn = (group.logGroupArn ?? group.arn ?? "").replace(/:\*$/, "");
    const { tags } = await clients.logs.listTagsForResource({ resourceArn: arn });
    return {
      name: id,
      arn,
      retentionInDays: group.retentionInDays ?? 0,
      kmsKeyId: group.kmsKeyId,
      logGroupClass: group.logGroupClass ?? "STANDARD",
      tagsAll: tags,
    };
  },
  async update(logGroupName, inputs, { changed }, { clients }) {
    const { logs } = clients;
    if (changed.has("retentionInDays")) {
      const retentionInDays = inputs.retentionInDays ?? 0;
      if (retentionInDays === 0) await logs.deleteRetentionPolicy({ logGroupName });
      else await logs.putRetentionPolicy({ logGroupName, retentionInDays });
    }
    if (changed.has("kmsKeyId")) {
      const { kmsKeyId } = inputs;
      if (kmsKeyId === undefined) await logs.disassociateKmsKey({ logGroupName });
      else await logs.associateKmsKey({ logGroupName, kmsKeyId });
    }
  },
  tags: {
    remove: (_id, tagKeys, { clients }, arn) =>
      clients.logs.untagResource({ resourceArn: arn, tagKeys }),
    put: (_id, tags, { clients }, arn) => clients.logs.tagResource({ resourceArn: arn, tags }),
  },
  async delete(logGroupName, { skipDestroy }, { clients }) {
    if (skipDestroy === true) return;
    await ignoreGone(gone, clients.logs.deleteLogGroup({ logGroupName }));
  },
});

export const logMetricFilter = resourceType({
  type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
  shape: {
    ...regional,
    name: string({ replaces: true, computed: true }),
    logGroupName: required(string({ replaces: true })),
    pattern: required(string()),
    metricTransformation: required(
      object({
        name: required(string()),
        namespace: required(string()),
        value: required(string()),
        defaultValue: string(),
        unit: string({ default: "None" }),
        dimensions: map(string()),
      }),
    ),
    applyOnTransformedLogs: boolean({ default: false }),
  },
  name: { property: "name", maxLength: 512 },
  /** `<log group>:<name>` */
  importId: (id) => {
    const colon = id.lastIndexOf(":");
    return { id: id.slice(colon + 1), properties: { logGroupName: id.slice(0, colon) } };
  },
  async put(inputs, { clients }) {
    const { name, namespace, value, defaultValue, unit, dimensions } = inputs.metricTransformation;
    await clients.logs.putMetricFilter({
      filterName: inputs.name,
      logGroupName: inputs.logGroupName,
      filterPattern: inputs.pattern,
      metricTransformations: [
        {
          metricName: name,
          metricNamespace: namespace,
          metricValue: value,
          defaultValue: defaultValue === undefined ? undefined : Number(defaultValue),
          unit: unit as "None" | undefined,
          dimensions,
        },
      ],
    });
    return inputs.name ?? "";
  },
  async read(id, { clients }, { logGroupName }) {
    const answer = await ifThere(
      gone,
      clients.logs.describeMetricFilters({ logGroupName, filterNamePrefix: id }),
    );
    const filter = answer?.metricFilters?.find(({ filterName }) => filterName === id);
    if (filter === undefined) return undefined;
    const transformation = filter.metricTransformations?.[0];
    return {
      name: id,
      logGroupName: filter.logGroupName ?? logGroupName,
      pattern: filter.filterPattern ?? "",
      applyOnTransformedLogs: filter.applyOnTransformedLogs ?? false,
      metricTransformation: {
        name: transformation?.metricName ?? "",
        namespace: transformation?.metricNamespace ?? "",
        value: transformation?.metricValue ?? "",
        defaultValue:
          transformation?.defaultValue === undefined
            ? undefined
            : String(transformation.defaultValue),
        unit: transformation?.unit ?? "None",
        dimensions: transformation?.dimensions,
      },
    };
  },
  async delete(id, { logGroupName }, { clients }) {
    await ignoreGone(gone, clients.logs.deleteMetricFilter({ filterName: id, logGroupName }));
  },
});
