import { fromApi, toApi } from "../api-case";
import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import {
  boolean,
  type Infer,
  json,
  map,
  number,
  object,
  output,
  regional,
  required,
  set,
  string,
  tagged,
} from "../shape";
import { updateTags } from "../tags";
import { isMap } from "../values";
import type { PropertyValue } from "../../engine/property-value";

const gone = ["ResourceNotFoundException"];

/** A function given by name or by ARN, as its name. */
const nameOf = (functionName: string) =>
  functionName.startsWith("arn:") ? (functionName.split(":")[6] ?? functionName) : functionName;

interface Statement {
  Sid?: string;
  Action?: string;
  Principal?: PropertyValue;
  Condition?: Record<string, Record<string, string>>;
}

export const permission = resourceType({
  type: "aws:lambda/permission:Permission",
  shape: {
    ...regional,
    action: required(string({ replaces: true })),
    function: required(string({ replaces: true })),
    principal: required(string({ replaces: true })),
    sourceArn: string({ replaces: true }),
    sourceAccount: string({ replaces: true }),
    principalOrgId: string({ replaces: true }),
    eventSourceToken: string({ replaces: true }),
    functionUrlAuthType: string({ replaces: true }),
    qualifier: string({ replaces: true }),
    statementId: string({ replaces: true, computed: true }),
    statementIdPrefix: string({ replaces: true }),
  },
  name: { property: "statementId", prefixProperty: "statementIdPrefix", maxLength: 100 },
  /** `<function>/<statement>` or `<function>:<qualifier>/<statement>` */
  importId: (id) => {
    const [target = "", statementId = ""] = id.split("/");
    const [name = "", qualifier] = target.split(":");
    return { id: statementId, properties: { function: name, qualifier } };
  },
  async create(inputs, { clients }) {
    await clients.lambda.addPermission({
      Action: inputs.action,
      FunctionName: inputs.function,
      Principal: inputs.principal,
      SourceArn: inputs.sourceArn,
      SourceAccount: inputs.sourceAccount,
      PrincipalOrgID: inputs.principalOrgId,
      EventSourceToken: inputs.eventSourceToken,
      FunctionUrlAuthType: inputs.functionUrlAuthType as "NONE" | undefined,
      Qualifier: inputs.qualifier,
      StatementId: inputs.statementId,
    });
    return inputs.statementId ?? "";
  },
  async read(id, { clients }, recorded) {
    const found = await ifThere(
      gone,
      clients.lambda.getPolicy({ FunctionName: recorded.function, Qualifier: recorded.qualifier }),
    );
    const policy = JSON.parse(found?.Policy ?? "{}") as { Statement?: Statement[] };
    const statement = policy.Statement?.find(({ Sid }) => Sid === id);
    if (statement === undefined) return undefined;
    const { Principal, Condition = {} } = statement;
    const condition = (key: string) =>
      Object.values(Condition)
        .flatMap((test) => Object.entries(test))
        .find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
    const principal = isMap(Principal) ? (Principal.Service ?? Principal.AWS) : Principal;
    return {
      action: statement.Action,
      function: recorded.function,
      principal:
        typeof principal === "string" ? principal.replace(/^arn:aws:iam::(\d+):root$/, "$1") : "",
      sourceArn: condition("AWS:SourceArn"),
      sourceAccount: condition("AWS:SourceAccount"),
      principalOrgId: condition("aws:PrincipalOrgID"),
      eventSourceToken: condition("lambda:EventSourceToken"),
      functionUrlAuthType: condition("lambda:FunctionUrlAuthType"),
      qualifier: recorded.qualifier,
      statementId: id,
    };
  },
  async delete(id, { function: FunctionName, qualifier: Qualifier }, { clients }) {
    await ignoreGone(
      gone,
      clients.lambda.removePermission({ FunctionName, Qualifier, StatementId: id }),
    );
  },
});

const aliasShape = {
  ...regional,
  name: string({ replaces: true, computed: true }),
  functionName: required(string({ replaces: true })),
  functionVersion: required(string()),
  description: string(),
  routingConfig: object({ additionalVersionWeights: map(number()) }),
  arn: output(string()),
  invokeArn: output(string()),
};

export const alias = resourceType({
  type: "aws:lambda/alias:Alias",
  shape: aliasShape,
  name: { property: "name", maxLength: 128 },
  /** `<function>/<alias>` */
  importId: (id) => ({
    id,
    properties: { functionName: id.slice(0, id.indexOf("/")), name: id.slice(id.indexOf("/") + 1) },
  }),
  idOf: ({ arn }) => arn,
  async create(inputs, { clients }) {
    const { AliasArn = "" } = await clients.lambda.createAlias(aliasRequest(inputs));
    return AliasArn;
  },
  async read(_id, { clients, region }, { functionName = "", name }) {
    const found = await ifThere(
      gone,
      clients.lambda.getAlias({ FunctionName: functionName, Name: name }),
    );
    if (found === undefined) return undefined;
    const weights = found.RoutingConfig?.AdditionalVersionWeights ?? {};
    return {
      name: found.Name,
      functionName,
      functionVersion: found.FunctionVersion,
      description: found.Description,
      routingConfig:
        Object.keys(weights).length === 0 ? undefined : { additionalVersionWeights: weights },
      arn: found.AliasArn,
      invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${found.AliasArn}/invocations`,
    };
  },
  async update(_id, inputs, _change, { clients }) {
    await clients.lambda.updateAlias(aliasRequest(inputs));
  },
  async delete(_id, { functionName: FunctionName, name: Name }, { clients }) {
    await ignoreGone(gone, clients.lambda.deleteAlias({ FunctionName, Name }));
  },
});

const aliasRequest = (inputs: Infer<typeof aliasShape>) => ({
  FunctionName: inputs.functionName,
  Name: inputs.name,
  FunctionVersion: inputs.functionVersion,
  Description: inputs.description ?? "",
  RoutingConfig: {
    AdditionalVersionWeights: inputs.routingConfig?.additionalVersionWeights ?? {},
  },
});

const mappingShape = {
  ...regional,
  ...tagged,
  eventSourceArn: string({ replaces: true }),
  functionName: required(string()),
  enabled: boolean({ default: true }),
  batchSize: number({ computed: true, range: [1, 10_000] }),
  maximumBatchingWindowInSeconds: number({ range: [0, 300] }),
  functionResponseTypes: set(string({ oneOf: ["ReportBatchItemFailures"] })),
  filterCriteria: object({ filters: set(object({ pattern: json() })) }),
  scalingConfig: object({ maximumConcurrency: number({ range: [2, 1000] }) }),
  startingPosition: string({ replaces: true }),
  arn: output(string()),
  functionArn: output(string()),
  lastModified: output(string()),
  lastProcessingResult: output(string()),
  state: output(string()),
  stateTransitionReason: output(string()),
  uuid: output(string()),
};

export const eventSourceMapping = resourceType({
  type: "aws:lambda/eventSourceMapping:EventSourceMapping",
  shape: mappingShape,
  async create(inputs, { clients }) {
    const { UUID = "" } = await clients.lambda.createEventSourceMapping({
      ...mappingRequest(inputs),
      EventSourceArn: inputs.eventSourceArn,
      StartingPosition: inputs.startingPosition as "LATEST" | undefined,
      Tags: inputs.tagsAll,
    });
    return UUID;
  },
  async read(id, { clients, region, accountId }, recorded) {
    const found = await ifThere(gone, clients.lambda.getEventSourceMapping({ UUID: id }));
    if (found === undefined || found.State === "Deleting") return undefined;
    const arn =
      found.EventSourceMappingArn ??
      `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${id}`;
    const tags = await ifThere(gone, clients.lambda.listTags({ Resource: arn }));
    const functionArn = found.FunctionArn ?? "";
    const isSame =
      recorded.functionName !== undefined && nameOf(recorded.functionName) === nameOf(functionArn);
    return {
      eventSourceArn: found.EventSourceArn,
      functionName: isSame ? recorded.functionName : functionArn,
      enabled: found.State !== "Disabled" && found.State !== "Disabling",
      batchSize: found.BatchSize,
      maximumBatchingWindowInSeconds: found.MaximumBatchingWindowInSeconds,
      functionResponseTypes: found.FunctionResponseTypes,
      filterCriteria: fromApi(found.FilterCriteria),
      scalingConfig: fromApi(found.ScalingConfig),
      startingPosition: found.StartingPosition,
      arn,
      functionArn,
      lastModified: found.LastModified?.toISOString(),
      lastProcessingResult: found.LastProcessingResult,
      state: found.State,
      stateTransitionReason: found.StateTransitionReason,
      uuid: id,
      tagsAll: tags?.Tags,
    };
  },
  unknownAfter: () => ["lastModified", "state"],
  async update(id, inputs, { changed, old }, { clients }) {
    if ([...changed].some((property) => !property.startsWith("tags"))) {
      await clients.lambda.updateEventSourceMapping({ ...mappingRequest(inputs), UUID: id });
    }
    await updateTags(
      old.tagsAll,
      inputs.tagsAll,
      (TagKeys) => clients.lambda.untagResource({ Resource: old.arn, TagKeys }),
      (Tags) => clients.lambda.tagResource({ Resource: old.arn, Tags }),
    );
  },
  async delete(id, _state, { clients }) {
    await ignoreGone(gone, clients.lambda.deleteEventSourceMapping({ UUID: id }));
  },
});

const mappingRequest = (inputs: Infer<typeof mappingShape>) => ({
  FunctionName: inputs.functionName,
  Enabled: inputs.enabled,
  BatchSize: inputs.batchSize,
  MaximumBatchingWindowInSeconds: inputs.maximumBatchingWindowInSeconds,
  FunctionResponseTypes: (inputs.functionResponseTypes ?? []) as "ReportBatchItemFailures"[],
  FilterCriteria: toApi<object>(inputs.filterCriteria ?? { filters: [] }),
  ScalingConfig: toApi<object>(inputs.scalingConfig ?? {}),
});
