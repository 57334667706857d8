import { fromApi, toApi } from "../api-case";
import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import {
  boolean,
  type Infer,
  json,
  number,
  object,
  output,
  regional,
  required,
  set,
  string,
  tagged,
} from "../shape";
import { gone } from "./lambda-permission";
import { lambdaTags } from "./lambda-configuration";

/** A function given by name or by ARN, as its name. */
const nameOf = (functionName: string) =>
  functionName.startsWith("arn:") ? (functionName.split(":")[6] ?? functionName) : functionName;

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
  async update(id, inputs, _change, { clients }) {
    await clients.lambda.updateEventSourceMapping({ ...mappingRequest(inputs), UUID: id });
  },
  tags: lambdaTags,
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
