import type { UpdateEventSourceMappingCommandInput } from "@aws-sdk/client-lambda";
import { fromApi, toApi } from "../api-case";
import { ifThere, ignoreGone } from "../gone";
import { resourceType, type ResourceContext } from "../resource-type";
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
import { waitUntil } from "../../process/wait";
import { gone } from "./lambda-permission";
import { lambdaTags } from "./lambda-configuration";

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
  provisionedPollerConfig: object(
    {
      minimumPollers: number({ computed: true, range: [1, 200] }),
      maximumPollers: number({ computed: true, range: [1, 2000] }),
      pollerGroupName: string({ computed: true }),
    },
    { onlyIfSet: true },
  ),
  metricsConfig: object({
    metrics: required(set(string({ oneOf: ["EventCount", "ErrorCount", "KafkaMetrics"] }))),
  }),
  destinationConfig: object({ onFailure: object({ destinationArn: required(string()) }) }),
  kmsKeyArn: string(),
  startingPosition: string({ replaces: true }),
  arn: output(string()),
  functionArn: output(string()),
  lastModified: output(string()),
  lastProcessingResult: output(string()),
  state: output(string()),
  stateTransitionReason: output(string()),
  uuid: output(string()),
};
type Inputs = Infer<typeof mappingShape>;

export const eventSourceMapping = resourceType({
  type: "aws:lambda/eventSourceMapping:EventSourceMapping",
  shape: mappingShape,
  suppresses: ({ functionArn }, { functionName }) =>
    functionName === functionArn || isNameOf(functionName, functionArn) ? ["functionName"] : [],
  async create(inputs, context) {
    const { lambda } = context.clients;
    const { UUID = "" } = await lambda.createEventSourceMapping({
      ...mappingRequest(
        inputs,
        settings.filter((key) => inputs[key] !== undefined),
      ),
      FunctionName: inputs.functionName,
      EventSourceArn: inputs.eventSourceArn,
      StartingPosition: inputs.startingPosition as "LATEST" | undefined,
      Tags: inputs.tagsAll,
    });
    context.created(UUID);
    await waitUntilSettled(UUID, context);
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
    const onFailure = found.DestinationConfig?.OnFailure?.Destination;
    return {
      eventSourceArn: found.EventSourceArn,
      functionName: isNameOf(recorded.functionName, functionArn)
        ? recorded.functionName
        : functionArn,
      enabled: enabledIn[found.State ?? ""],
      batchSize: found.BatchSize,
      maximumBatchingWindowInSeconds: found.MaximumBatchingWindowInSeconds,
      functionResponseTypes: found.FunctionResponseTypes,
      filterCriteria: fromApi(found.FilterCriteria),
      scalingConfig: fromApi(found.ScalingConfig),
      provisionedPollerConfig: fromApi(found.ProvisionedPollerConfig),
      metricsConfig: fromApi(found.MetricsConfig),
      destinationConfig:
        onFailure === undefined ? undefined : { onFailure: { destinationArn: onFailure } },
      kmsKeyArn: found.KMSKeyArn,
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
  async update(id, inputs, { changed }, context) {
    // Only what changed: a mapping that somebody paused stays paused if the program ignores that.
    const request = mappingRequest(
      inputs,
      settings.filter((key) => changed.has(key)),
    );
    await whenNotInUse(id, () =>
      context.clients.lambda.updateEventSourceMapping({ ...request, UUID: id }),
    );
    await waitUntilSettled(id, context);
  },
  tags: lambdaTags,
  async delete(id, _state, { clients: { lambda } }) {
    await whenNotInUse(id, () => ignoreGone(gone, lambda.deleteEventSourceMapping({ UUID: id })));
    await waitUntil(
      async () => (await ifThere(gone, lambda.getEventSourceMapping({ UUID: id }))) === undefined,
      { what: `the event source mapping ${id} to be deleted`, withinMs: 300_000, everyMs: 100 },
    );
  },
});

/** A name in the program stands for the function of the ARN, whatever version of it. An ARN stands for itself. */
const isNameOf = (name: unknown, arn: unknown) =>
  typeof name === "string" && typeof arn === "string" && name === arn.split(":")[6];

/** In other states, such as "Updating", the service does not say it. */
const enabledIn: Readonly<Record<string, boolean>> = {
  Enabled: true,
  Enabling: true,
  Disabled: false,
  Disabling: false,
};

/** How each property is sent. An empty value removes a setting, a missing one does not. */
const requests: { [K in keyof Inputs]?: (inputs: Inputs) => object } = {
  functionName: ({ functionName }) => ({ FunctionName: functionName }),
  enabled: ({ enabled }) => ({ Enabled: enabled }),
  batchSize: ({ batchSize }) => ({ BatchSize: batchSize }),
  maximumBatchingWindowInSeconds: (inputs) => ({
    MaximumBatchingWindowInSeconds: inputs.maximumBatchingWindowInSeconds ?? 0,
  }),
  functionResponseTypes: (inputs) => ({
    FunctionResponseTypes: inputs.functionResponseTypes ?? [],
  }),
  filterCriteria: ({ filterCriteria }) => ({ FilterCriteria: toApi(filterCriteria ?? {}) }),
  scalingConfig: ({ scalingConfig }) => ({ ScalingConfig: toApi(scalingConfig ?? {}) }),
  provisionedPollerConfig: ({ provisionedPollerConfig }) => ({
    ProvisionedPollerConfig: toApi(provisionedPollerConfig ?? {}),
  }),
  metricsConfig: ({ metricsConfig }) => ({ MetricsConfig: toApi(metricsConfig ?? {}) }),
  destinationConfig: ({ destinationConfig }) => ({
    DestinationConfig: {
      OnFailure: { Destination: destinationConfig?.onFailure?.destinationArn },
    },
  }),
  kmsKeyArn: ({ kmsKeyArn }) => ({ KMSKeyArn: kmsKeyArn ?? "" }),
};
const settings = Object.keys(requests) as (keyof typeof requests)[];

const mappingRequest = (inputs: Inputs, keys: readonly (keyof typeof requests)[]) =>
  Object.assign({}, ...keys.map((key) => requests[key]?.(inputs))) as Omit<
    UpdateEventSourceMappingCommandInput,
    "UUID"
  >;

/** Until it is neither created, enabled, disabled nor updated any more. */
async function waitUntilSettled(UUID: string, { clients }: ResourceContext): Promise<void> {
  await waitUntil(
    async () => {
      const { State = "" } = await clients.lambda.getEventSourceMapping({ UUID });
      return State === "Enabled" || State === "Disabled";
    },
    { what: `the event source mapping ${UUID} to settle`, withinMs: 600_000, everyMs: 100 },
  );
}

/** While a mapping changes, the service refuses the next change. */
async function whenNotInUse(id: string, call: () => Promise<unknown>): Promise<void> {
  await waitUntil(
    async () => {
      try {
        await call();
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === "ResourceInUseException") return false;
        throw error;
      }
    },
    { what: `the event source mapping ${id} to be changeable`, withinMs: 300_000, everyMs: 200 },
  );
}
