import { each, type Drift } from "./drift";
import { arnOf, newKey, newLogGroup } from "../surroundings";

const transformation = {
  metricName: "Errors",
  metricNamespace: "Files",
  metricValue: "1",
  unit: "Count" as const,
  defaultValue: 0,
};

export const logsDrifts: Drift[] = [
  {
    type: "aws:cloudwatch/logGroup:LogGroup",
    prepare: async (under) => ({
      key: arnOf(under, "kms", `key/${await newKey(under)}`),
      other: arnOf(under, "kms", `key/${await newKey(under)}`),
    }),
    inputs: ({ key = "" }) => ({
      name: "/files/worker",
      retentionInDays: 30,
      kmsKeyId: key,
      tags: { Project: "files" },
    }),
    fixed: ["logGroupClass"],
    byHand: {
      retentionInDays: ({ logs }, logGroupName) => logs.deleteRetentionPolicy({ logGroupName }),
      kmsKeyId: ({ logs }, logGroupName, { other }) =>
        logs.associateKmsKey({ logGroupName, kmsKeyId: other }),
      tags: ({ logs }, logGroupName) =>
        logs.tagLogGroup({ logGroupName, tags: { Project: "by hand" } }),
    },
    removals: { it: ({ logs }, logGroupName) => logs.deleteLogGroup({ logGroupName }) },
  },
  {
    type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    prepare: (under) => newLogGroup(under, "/files/filtered"),
    inputs: ({ logGroup = "" }) => ({
      name: "errors",
      logGroupName: logGroup,
      pattern: "ERROR",
      metricTransformation: {
        name: "Errors",
        namespace: "Files",
        value: "1",
        unit: "Count",
        defaultValue: "0",
      },
    }),
    fixed: ["logGroupName"],
    byHand: {
      ...each(
        {
          "metricTransformation.name": { metricName: "ByHand" },
          "metricTransformation.namespace": { metricNamespace: "ByHand" },
          "metricTransformation.value": { metricValue: "2" },
          "metricTransformation.unit": { unit: "Seconds" as const },
          "metricTransformation.defaultValue": { defaultValue: 5 },
        },
        ({ logs }, filterName, changed, { logGroup }) =>
          logs.putMetricFilter({
            filterName,
            logGroupName: logGroup,
            filterPattern: "ERROR",
            metricTransformations: [{ ...transformation, ...changed }],
          }),
      ),
      ...each(
        {
          pattern: { filterPattern: "WARN" },
          applyOnTransformedLogs: { applyOnTransformedLogs: true },
        },
        ({ logs }, filterName, changed, { logGroup }) =>
          logs.putMetricFilter({
            filterName,
            logGroupName: logGroup,
            filterPattern: "ERROR",
            metricTransformations: [transformation],
            ...changed,
          }),
      ),
    },
    removals: {
      it: ({ logs }, filterName, { logGroup: logGroupName }) =>
        logs.deleteMetricFilter({ filterName, logGroupName }),
      "its log group": ({ logs }, _id, { logGroup: logGroupName }) =>
        logs.deleteLogGroup({ logGroupName }),
    },
  },
  {
    type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    variant: "with dimensions",
    prepare: (under) => newLogGroup(under, "/files/by-format"),
    inputs: ({ logGroup = "" }) => ({
      name: "by-format",
      logGroupName: logGroup,
      pattern: "{ $.format = * }",
      metricTransformation: {
        name: "Files",
        namespace: "Files",
        value: "1",
        dimensions: { Format: "$.format" },
      },
    }),
    byHand: {
      "metricTransformation.dimensions": ({ logs }, filterName, { logGroup }) =>
        logs.putMetricFilter({
          filterName,
          logGroupName: logGroup,
          filterPattern: "{ $.format = * }",
          metricTransformations: [
            { metricName: "Files", metricNamespace: "Files", metricValue: "1" },
          ],
        }),
    },
    removals: {
      it: ({ logs }, filterName, { logGroup: logGroupName }) =>
        logs.deleteMetricFilter({ filterName, logGroupName }),
    },
  },
];
