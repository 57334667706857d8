import { each, type Drift } from "./drift";
import { arnOf, newKey } from "../surroundings";

export const dynamoDbDrifts: Drift[] = [
  {
    type: "aws:dynamodb/table:Table",
    prepare: async (under) => ({
      key: arnOf(under, "kms", `key/${await newKey(under)}`),
      tables: arnOf(under, "dynamodb", "table"),
    }),
    inputs: ({ key = "" }) => ({
      name: "drifting-state",
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      rangeKey: "at",
      attributes: [
        { name: "id", type: "S" },
        { name: "at", type: "N" },
      ],
      ttl: { attributeName: "expiration", enabled: true },
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 7 },
      serverSideEncryption: { enabled: true, kmsKeyArn: key },
      tags: { Project: "files" },
    }),
    fixed: ["hashKey", "rangeKey", "attributes"],
    byHand: {
      ...each(
        {
          deletionProtectionEnabled: { DeletionProtectionEnabled: true },
          tableClass: { TableClass: "STANDARD_INFREQUENT_ACCESS" as const },
          "serverSideEncryption.enabled": { SSESpecification: { Enabled: false } },
          "serverSideEncryption.kmsKeyArn": { SSESpecification: { Enabled: true } },
        },
        ({ dynamoDb }, TableName, changed) => dynamoDb.updateTable({ TableName, ...changed }),
      ),
      ...each(
        {
          "ttl.enabled": { Enabled: false, AttributeName: "expiration" },
          "ttl.attributeName": { Enabled: true, AttributeName: "other" },
        },
        ({ dynamoDb }, TableName, TimeToLiveSpecification) =>
          dynamoDb.updateTimeToLive({ TableName, TimeToLiveSpecification }),
      ),
      "pointInTimeRecovery.enabled": ({ dynamoDb }, TableName) =>
        dynamoDb.updateContinuousBackups({
          TableName,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        }),
      tags: ({ dynamoDb }, name, { tables = "" }) =>
        dynamoDb.untagResource({ ResourceArn: `${tables}/${name}`, TagKeys: ["Project"] }),
    },
    // Without them there is neither the name of the attribute nor the key.
    changesWith: {
      "ttl.enabled": ["ttl.attributeName"],
      "serverSideEncryption.enabled": ["serverSideEncryption.kmsKeyArn"],
    },
    removals: { it: ({ dynamoDb }, TableName) => dynamoDb.deleteTable({ TableName }) },
  },
  {
    type: "aws:dynamodb/table:Table",
    variant: "with a capacity",
    inputs: {
      name: "drifting-capacity",
      hashKey: "id",
      attributes: [{ name: "id", type: "S" }],
      readCapacity: 2,
      writeCapacity: 3,
    },
    byHand: {
      ...each(
        {
          readCapacity: { ReadCapacityUnits: 4, WriteCapacityUnits: 3 },
          writeCapacity: { ReadCapacityUnits: 2, WriteCapacityUnits: 4 },
        },
        ({ dynamoDb }, TableName, ProvisionedThroughput) =>
          dynamoDb.updateTable({ TableName, ProvisionedThroughput }),
      ),
      billingMode: ({ dynamoDb }, TableName) =>
        dynamoDb.updateTable({ TableName, BillingMode: "PAY_PER_REQUEST" }),
    },
    // A table on demand has no capacity.
    changesWith: { billingMode: ["readCapacity", "writeCapacity"] },
    removals: { it: ({ dynamoDb }, TableName) => dynamoDb.deleteTable({ TableName }) },
  },
];
