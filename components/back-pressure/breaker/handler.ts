import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { backPressuredWorkersSchema } from "../../../contracts/back-pressure";
import { checkable } from "../../../contracts/function-check";
import { backPressureDimension, backPressureMetrics } from "../../../contracts/function-metrics";
import { embeddedMetrics } from "../../function/embedded-metrics";
import { logLine, requiredVariable } from "../../function/handler-parts";
import { askApi } from "../../health/ask-api";
import { createBackPressure } from "./back-pressure";
import { BreakerTable } from "./breaker-table";
import { countMessages, countMessagesByName } from "./count-messages";
import { LambdaMappings } from "./lambda-mappings";

const namespace = requiredVariable("METRICS_NAMESPACE");
const now = () => new Date();
const sqs = new SQSClient({});

/** The Lambda function's entry. */
export const handler = checkable(
  createBackPressure({
    workers: backPressuredWorkersSchema.parse(JSON.parse(requiredVariable("WORKERS"))),
    breakers: new BreakerTable(new DynamoDBClient({}), requiredVariable("STATE_TABLE")),
    mappings: new LambdaMappings(new LambdaClient({})),
    countMessages: countMessages(sqs),
    countMessagesByName: countMessagesByName(sqs),
    ask: askApi,
    report: (worker, { paused, disabled }) => {
      const count = (name: string, value: boolean) => ({
        name,
        unit: "Count" as const,
        value: Number(value),
      });
      const metrics = [
        count(backPressureMetrics.paused, paused),
        count(backPressureMetrics.disabled, disabled),
      ];
      const dimensions = { [backPressureDimension]: worker };
      console.log(JSON.stringify(embeddedMetrics(namespace, dimensions, metrics, now())));
    },
    wait: (ms) => delay(ms),
    log: logLine,
    now,
  }),
);
