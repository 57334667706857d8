import type { Prepared } from "../lifecycle";
import { each, type ByHand, type Drift } from "./drift";
import { arnOf, changeMapping, newFunction, newQueue } from "../surroundings";

const removeFunction: ByHand = async ({ lambda, iam }, _id, { name = "" }) => {
  await lambda.deleteFunction({ FunctionName: name });
  await iam.deleteRolePolicy({ RoleName: `${name}-role`, PolicyName: "surroundings" });
  await iam.deleteRole({ RoleName: `${name}-role` });
};

const changeCalls =
  (change: (prepared: Prepared) => object): ByHand =>
  ({ lambda }, _id, prepared) =>
    lambda.putFunctionEventInvokeConfig({
      FunctionName: prepared.name,
      Qualifier: "1",
      MaximumRetryAttempts: 1,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: {
        OnFailure: { Destination: prepared.failed },
        OnSuccess: { Destination: prepared.done },
      },
      ...change(prepared),
    });

export const lambdaDrifts: Drift[] = [
  {
    type: "aws:lambda/alias:Alias",
    prepare: (under) => newFunction(under, "aliased"),
    inputs: ({ name = "" }) => ({
      name: "live",
      functionName: name,
      functionVersion: "1",
      description: "What runs",
    }),
    fixed: ["functionName"],
    byHand: each(
      {
        functionVersion: { FunctionVersion: "$LATEST" },
        description: { Description: "by hand" },
        "routingConfig.additionalVersionWeights": {
          RoutingConfig: { AdditionalVersionWeights: { "1": 0.5 } },
        },
      },
      ({ lambda }, _id, changed, { name }) =>
        lambda.updateAlias({ FunctionName: name, Name: "live", ...changed }),
    ),
    removals: {
      it: ({ lambda }, _id, { name: FunctionName }) =>
        lambda.deleteAlias({ FunctionName, Name: "live" }),
      "its function": removeFunction,
    },
  },
  {
    type: "aws:lambda/permission:Permission",
    prepare: (under) => newFunction(under, "callable"),
    inputs: ({ name = "" }) => ({
      function: name,
      statementId: "sns",
      action: "lambda:InvokeFunction",
      principal: "sns.amazonaws.com",
      sourceArn: "arn:aws:sns:ap-northeast-1:123456789012:alerts",
      sourceAccount: "123456789012",
      principalOrgId: "o-files",
      eventSourceToken: "token",
      functionUrlAuthType: "AWS_IAM",
    }),
    fixed: ["function", "qualifier"],
    byHand: each(
      {
        action: { Action: "lambda:InvokeFunctionUrl" },
        principal: { Principal: "events.amazonaws.com" },
        sourceArn: { SourceArn: undefined },
        sourceAccount: { SourceAccount: "210987654321" },
        principalOrgId: { PrincipalOrgID: undefined },
        eventSourceToken: { EventSourceToken: "other" },
        functionUrlAuthType: { FunctionUrlAuthType: "NONE" as const },
      },
      async ({ lambda }, StatementId, changed, { name: FunctionName }) => {
        await lambda.removePermission({ FunctionName, StatementId });
        await lambda.addPermission({
          FunctionName,
          StatementId,
          Action: "lambda:InvokeFunction",
          Principal: "sns.amazonaws.com",
          SourceArn: "arn:aws:sns:ap-northeast-1:123456789012:alerts",
          SourceAccount: "123456789012",
          PrincipalOrgID: "o-files",
          EventSourceToken: "token",
          FunctionUrlAuthType: "AWS_IAM",
          ...changed,
        });
      },
    ),
    removals: {
      it: ({ lambda }, StatementId, { name: FunctionName }) =>
        lambda.removePermission({ FunctionName, StatementId }),
      "its function": removeFunction,
    },
  },
  {
    type: "aws:lambda/eventSourceMapping:EventSourceMapping",
    prepare: async (under) => ({
      other: (await newFunction(under, "not-mapped")).arn,
      ...(await newFunction(under, "mapped")),
      queue: (await newQueue(under, "work")).arn,
      failed: (await newQueue(under, "failed")).arn,
      key: arnOf(under, "kms", "key/one"),
      mappings: arnOf(under, "lambda", "event-source-mapping"),
    }),
    inputs: ({ name = "", queue = "", failed = "", key = "" }) => ({
      eventSourceArn: queue,
      functionName: name,
      batchSize: 5,
      maximumBatchingWindowInSeconds: 5,
      functionResponseTypes: ["ReportBatchItemFailures"],
      filterCriteria: { filters: [{ pattern: JSON.stringify({ body: { a: [1] } }) }] },
      scalingConfig: { maximumConcurrency: 2 },
      metricsConfig: { metrics: ["EventCount"] },
      destinationConfig: { onFailure: { destinationArn: failed } },
      kmsKeyArn: key,
      tags: { Project: "files" },
    }),
    fixed: ["eventSourceArn", "startingPosition"],
    counters: ["lastModified", "state", "stateTransitionReason"],
    byHand: {
      ...each(
        {
          enabled: { Enabled: false },
          batchSize: { BatchSize: 1 },
          maximumBatchingWindowInSeconds: { MaximumBatchingWindowInSeconds: 0 },
          functionResponseTypes: { FunctionResponseTypes: [] },
          "filterCriteria.filters.pattern": { FilterCriteria: { Filters: [] } },
          "scalingConfig.maximumConcurrency": { ScalingConfig: { MaximumConcurrency: 1000 } },
          "metricsConfig.metrics": { MetricsConfig: {} },
          "destinationConfig.onFailure.destinationArn": { DestinationConfig: { OnFailure: {} } },
          kmsKeyArn: { KMSKeyArn: "" },
        },
        changeMapping,
      ),
      functionName: (clients, UUID, { other }) =>
        changeMapping(clients, UUID, { FunctionName: other }),
      tags: ({ lambda }, id, { mappings = "" }) =>
        lambda.untagResource({ Resource: `${mappings}:${id}`, TagKeys: ["Project"] }),
    },
    removals: { it: ({ lambda }, UUID) => lambda.deleteEventSourceMapping({ UUID }) },
  },
  {
    type: "aws:lambda/eventSourceMapping:EventSourceMapping",
    variant: "with pollers of its own",
    prepare: async (under) => ({
      ...(await newFunction(under, "polled")),
      queue: (await newQueue(under, "polled-work")).arn,
    }),
    inputs: ({ arn = "", queue = "" }) => ({
      eventSourceArn: queue,
      functionName: arn,
      provisionedPollerConfig: {
        minimumPollers: 3,
        maximumPollers: 5,
        pollerGroupName: "one",
      },
    }),
    counters: ["lastModified"],
    byHand: each(
      {
        "provisionedPollerConfig.minimumPollers": { MinimumPollers: 2 },
        "provisionedPollerConfig.maximumPollers": { MaximumPollers: 9 },
        "provisionedPollerConfig.pollerGroupName": { PollerGroupName: "other" },
      },
      (clients, id, changed) =>
        changeMapping(clients, id, {
          ProvisionedPollerConfig: {
            MinimumPollers: 3,
            MaximumPollers: 5,
            PollerGroupName: "one",
            ...changed,
          },
        }),
    ),
    removals: { it: ({ lambda }, UUID) => lambda.deleteEventSourceMapping({ UUID }) },
  },
  {
    type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    prepare: async (under) => ({
      ...(await newFunction(under, "called-later")),
      failed: (await newQueue(under, "failed-calls")).arn,
      done: (await newQueue(under, "done-calls")).arn,
    }),
    inputs: ({ name = "", failed = "", done = "" }) => ({
      functionName: name,
      qualifier: "1",
      maximumRetryAttempts: 1,
      maximumEventAgeInSeconds: 60,
      destinationConfig: {
        onFailure: { destination: failed },
        onSuccess: { destination: done },
      },
    }),
    fixed: ["functionName", "qualifier"],
    byHand: {
      maximumRetryAttempts: changeCalls(() => ({ MaximumRetryAttempts: 0 })),
      maximumEventAgeInSeconds: changeCalls(() => ({ MaximumEventAgeInSeconds: 21_600 })),
      "destinationConfig.onFailure.destination": changeCalls(({ done }) => ({
        DestinationConfig: { OnSuccess: { Destination: done } },
      })),
      "destinationConfig.onSuccess.destination": changeCalls(({ failed }) => ({
        DestinationConfig: {
          OnFailure: { Destination: failed },
          OnSuccess: { Destination: failed },
        },
      })),
    },
    removals: {
      it: ({ lambda }, _id, { name: FunctionName }) =>
        lambda.deleteFunctionEventInvokeConfig({ FunctionName, Qualifier: "1" }),
      "its function": removeFunction,
    },
  },
];
