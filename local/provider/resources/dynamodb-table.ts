import type { BillingMode, TableClass, TableDescription } from "@aws-sdk/client-dynamodb";
import { toApi } from "../api-case";
import type { Clients } from "../clients";
import { ifThere, ignoreGone } from "../gone";
import { resourceType, type ResourceContext } from "../resource-type";
import {
  boolean,
  type Infer,
  number,
  object,
  output,
  regional,
  required,
  set,
  string,
  tagged,
} from "../shape";
import { fromTagList, toTagList } from "../tags";
import { waitUntil } from "../../process/wait";

const gone = ["ResourceNotFoundException"];

/** How many days a table can be restored, if the program does not say it. Source: UpdateContinuousBackups. */
const defaultRecoveryDays = 35;

const tableShape = {
  ...regional,
  ...tagged,
  name: string({ replaces: true, computed: true }),
  billingMode: string({ default: "PROVISIONED", oneOf: ["PROVISIONED", "PAY_PER_REQUEST"] }),
  attributes: set(
    object({ name: required(string()), type: required(string({ oneOf: ["S", "N", "B"] })) }),
    { computed: true, key: "name" },
  ),
  hashKey: string({ replaces: true, computed: true }),
  rangeKey: string({ replaces: true }),
  readCapacity: number({ computed: true }),
  writeCapacity: number({ computed: true }),
  deletionProtectionEnabled: boolean(),
  pointInTimeRecovery: object(
    {
      enabled: required(boolean()),
      recoveryPeriodInDays: number({ computed: true, range: [1, 35] }),
    },
    { computed: true },
  ),
  serverSideEncryption: object(
    { enabled: required(boolean()), kmsKeyArn: string({ computed: true }) },
    { computed: true },
  ),
  tableClass: string({ default: "STANDARD", oneOf: ["STANDARD", "STANDARD_INFREQUENT_ACCESS"] }),
  ttl: object(
    { attributeName: string(), enabled: boolean({ default: false }) },
    { computed: true },
  ),
  arn: output(string()),
  streamArn: output(string()),
  streamLabel: output(string()),
};
type Inputs = Infer<typeof tableShape>;

export const table = resourceType({
  type: "aws:dynamodb/table:Table",
  shape: tableShape,
  name: { property: "name", maxLength: 255 },
  check: (inputs) => [...attributeFaults(inputs), ...capacityFaults(inputs), ...ttlFaults(inputs)],
  suppresses: (state, inputs) => [
    // The type of a key cannot be changed. Official: the difference is dropped.
    "attributes",
    ...["pointInTimeRecovery", "serverSideEncryption"].filter(
      (key) => !isEnabled(state[key]) && !isEnabled(inputs[key]),
    ),
    // The service forgets the name when it stops deleting.
    ...(isEnabled(inputs.ttl) || isEnabled(state.ttl) ? [] : ["ttl.attributeName"]),
  ],
  async create(inputs, context) {
    const { dynamoDb } = context.clients;
    const TableName = inputs.name ?? "";
    await dynamoDb.createTable({
      TableName,
      BillingMode: inputs.billingMode as BillingMode,
      AttributeDefinitions: attributesRequest(inputs),
      KeySchema: [
        { AttributeName: inputs.hashKey, KeyType: "HASH" as const },
        ...(inputs.rangeKey === undefined
          ? []
          : [{ AttributeName: inputs.rangeKey, KeyType: "RANGE" as const }]),
      ],
      ProvisionedThroughput: throughput(inputs),
      DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
      SSESpecification:
        inputs.serverSideEncryption === undefined ? undefined : encryptionRequest(inputs),
      TableClass: inputs.tableClass as TableClass,
      Tags: toTagList(inputs.tagsAll),
    });
    context.created(TableName);
    await waitUntilActive(context.clients, TableName);
    if (isEnabled(inputs.ttl)) await putTimeToLive(inputs, TableName, context);
    if (isEnabled(inputs.pointInTimeRecovery)) await putRecovery(inputs, TableName, context);
    return TableName;
  },
  async read(TableName, { clients: { dynamoDb } }) {
    const found = (await ifThere(gone, dynamoDb.describeTable({ TableName })))?.Table;
    if (found === undefined) return undefined;
    const [backups, timeToLive, tags] = await Promise.all([
      dynamoDb.describeContinuousBackups({ TableName }),
      dynamoDb.describeTimeToLive({ TableName }),
      dynamoDb.listTagsOfResource({ ResourceArn: found.TableArn }),
    ]);
    return {
      ...fromDescription(found),
      pointInTimeRecovery: fromRecovery(
        backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {},
      ),
      ttl: fromTimeToLive(timeToLive.TimeToLiveDescription ?? {}),
      tagsAll: fromTagList(tags.Tags),
    };
  },
  async update(TableName, inputs, { changed }, context) {
    const { dynamoDb } = context.clients;
    const change = async (request: object) => {
      await dynamoDb.updateTable({ TableName, ...request });
      await waitUntilActive(context.clients, TableName);
    };
    // The service takes a new class only alone.
    if (changed.has("tableClass")) await change({ TableClass: inputs.tableClass });
    const newCapacity = ["billingMode", "readCapacity", "writeCapacity"].some((key) =>
      changed.has(key),
    );
    const newProtection = changed.has("deletionProtectionEnabled");
    if (newCapacity || newProtection) {
      await change({
        ...(newCapacity && {
          BillingMode: inputs.billingMode,
          ProvisionedThroughput: throughput(inputs),
        }),
        ...(newProtection && {
          DeletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false,
        }),
      });
    }
    if (changed.has("serverSideEncryption")) {
      await change({ SSESpecification: encryptionRequest(inputs) });
    }
    if (changed.has("ttl")) await putTimeToLive(inputs, TableName, context);
    if (changed.has("pointInTimeRecovery")) await putRecovery(inputs, TableName, context);
  },
  tags: {
    remove: (_id, TagKeys, { clients }, ResourceArn) =>
      clients.dynamoDb.untagResource({ ResourceArn, TagKeys }),
    put: (_id, tags, { clients }, ResourceArn) =>
      clients.dynamoDb.tagResource({ ResourceArn, Tags: toTagList(tags) }),
  },
  async delete(TableName, _state, { clients: { dynamoDb } }) {
    await ignoreGone(gone, dynamoDb.deleteTable({ TableName }));
    await waitUntil(
      async () => (await ifThere(gone, dynamoDb.describeTable({ TableName })))?.Table === undefined,
      { what: `the table ${TableName} to be deleted`, withinMs: 600_000, everyMs: 200 },
    );
  },
});

const isEnabled = (option: unknown): boolean =>
  (option as { enabled?: unknown } | undefined)?.enabled === true;

/** Every key has a type, and nothing else has one. */
function attributeFaults({ attributes, hashKey, rangeKey }: Record<string, unknown>) {
  if (!Array.isArray(attributes)) return [];
  const defined: unknown[] = (attributes as { name?: unknown }[]).map(({ name }) => name);
  const keys: unknown[] = [hashKey, rangeKey].filter((key) => key !== undefined);
  // Some of them may not be known yet.
  if (![...defined, ...keys].every((name) => typeof name === "string")) return [];
  const show = (names: unknown[]) => names.map((name) => JSON.stringify(name)).join(", ");
  const unused = defined.filter((name) => !keys.includes(name));
  const missing = keys.filter((name) => !defined.includes(name));
  return [
    ...(unused.length > 0
      ? [`attributes has ${show(unused)}, which is no key; only keys have a type, remove it`]
      : []),
    ...(missing.length > 0
      ? [`attributes has no type for the key ${show(missing)}; add { name, type }`]
      : []),
  ].map((reason) => ({ property: "attributes", reason }));
}

function capacityFaults(inputs: Record<string, unknown>) {
  return ["readCapacity", "writeCapacity"].flatMap((property) => {
    const value = inputs[property];
    if (typeof value !== "number") return [];
    const isOnDemand = inputs.billingMode === "PAY_PER_REQUEST";
    if (isOnDemand ? value === 0 : value >= 1) return [];
    const rule = isOnDemand
      ? "a table with billingMode PAY_PER_REQUEST has no capacity, remove it"
      : "a table with billingMode PROVISIONED needs at least 1";
    return [{ property, reason: `${property} is ${value}; ${rule}` }];
  });
}

function ttlFaults({ ttl }: Record<string, unknown>) {
  const name = (ttl as Inputs["ttl"])?.attributeName ?? "";
  if (!isEnabled(ttl) || name !== "") return [];
  const reason = "ttl.attributeName is missing; enabled needs the attribute with the expiry time";
  return [{ property: "ttl", reason }];
}

const attributesRequest = ({ attributes }: Inputs) =>
  toApi<{ AttributeName: string; AttributeType: "S" }[] | undefined>(
    attributes?.map(({ name, type }) => ({ attributeName: name, attributeType: type })),
  );

const throughput = ({ billingMode, readCapacity = 0, writeCapacity = 0 }: Inputs) =>
  billingMode === "PAY_PER_REQUEST"
    ? undefined
    : { ReadCapacityUnits: readCapacity, WriteCapacityUnits: writeCapacity };

function encryptionRequest({ serverSideEncryption }: Inputs) {
  const { enabled = false, kmsKeyArn = "" } = serverSideEncryption ?? {};
  return {
    Enabled: enabled,
    ...(enabled && kmsKeyArn !== "" && { SSEType: "KMS" as const, KMSMasterKeyId: kmsKeyArn }),
  };
}

function fromDescription(found: TableDescription): Partial<Inputs> {
  const keyOf = (type: string) =>
    found.KeySchema?.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const encryption = found.SSEDescription;
  const key = encryption?.KMSMasterKeyArn ?? "";
  return {
    name: found.TableName,
    arn: found.TableArn,
    billingMode: found.BillingModeSummary?.BillingMode ?? "PROVISIONED",
    attributes: found.AttributeDefinitions?.map(({ AttributeName = "", AttributeType = "" }) => ({
      name: AttributeName,
      type: AttributeType,
    })),
    hashKey: keyOf("HASH"),
    rangeKey: keyOf("RANGE"),
    readCapacity: found.ProvisionedThroughput?.ReadCapacityUnits,
    writeCapacity: found.ProvisionedThroughput?.WriteCapacityUnits,
    deletionProtectionEnabled: found.DeletionProtectionEnabled,
    serverSideEncryption:
      encryption === undefined
        ? undefined
        : {
            enabled: encryption.Status === "ENABLED",
            // AWS's own key is what a table has without one.
            kmsKeyArn: key.endsWith(":alias/aws/dynamodb") ? "" : key,
          },
    tableClass: found.TableClassSummary?.TableClass ?? "STANDARD",
    streamArn: found.LatestStreamArn ?? "",
    streamLabel: found.LatestStreamLabel ?? "",
  };
}

function fromRecovery(found: {
  PointInTimeRecoveryStatus?: string;
  RecoveryPeriodInDays?: number;
}) {
  if (found.PointInTimeRecoveryStatus !== "ENABLED") return { enabled: false };
  return {
    enabled: true,
    recoveryPeriodInDays: found.RecoveryPeriodInDays ?? defaultRecoveryDays,
  };
}

function fromTimeToLive(found: { TimeToLiveStatus?: string; AttributeName?: string }) {
  const enabled = found.TimeToLiveStatus === "ENABLED";
  return { enabled, attributeName: enabled ? found.AttributeName : "" };
}

async function putTimeToLive(inputs: Inputs, TableName: string, { clients }: ResourceContext) {
  const { enabled = false, attributeName = "" } = inputs.ttl ?? {};
  await clients.dynamoDb.updateTimeToLive({
    TableName,
    TimeToLiveSpecification: { Enabled: enabled, AttributeName: attributeName },
  });
  const wanted = enabled ? "ENABLED" : "DISABLED";
  await waitUntil(
    async () => {
      const { TimeToLiveDescription } = await clients.dynamoDb.describeTimeToLive({ TableName });
      return TimeToLiveDescription?.TimeToLiveStatus === wanted;
    },
    { what: `the expiry of items of ${TableName} to be ${wanted}`, withinMs: 600_000 },
  );
}

async function putRecovery(inputs: Inputs, TableName: string, { clients }: ResourceContext) {
  const { enabled = false, recoveryPeriodInDays } = inputs.pointInTimeRecovery ?? {};
  await clients.dynamoDb.updateContinuousBackups({
    TableName,
    PointInTimeRecoverySpecification: {
      PointInTimeRecoveryEnabled: enabled,
      ...(enabled && { RecoveryPeriodInDays: recoveryPeriodInDays }),
    },
  });
}

async function waitUntilActive({ dynamoDb }: Clients, TableName: string): Promise<void> {
  await waitUntil(
    async () => (await dynamoDb.describeTable({ TableName })).Table?.TableStatus === "ACTIVE",
    { what: `the table ${TableName} to be active`, withinMs: 600_000, everyMs: 100 },
  );
}
