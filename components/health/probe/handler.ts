import { checkable } from "../../../contracts/function-check";
import { apiHealthDimension } from "../../../contracts/function-metrics";
import { embeddedMetrics } from "../../function/embedded-metrics";
import { logLine, requiredVariable } from "../../function/handler-parts";
import { askApi } from "../ask-api";
import { probedApisSchema, probedApisVariable } from "../probed-apis";
import { createProbe } from "./probe";

const namespace = requiredVariable("METRICS_NAMESPACE");

/** The Lambda function's entry. */
export const handler = checkable(
  createProbe({
    apis: probedApisSchema.parse(JSON.parse(requiredVariable(probedApisVariable))),
    ask: askApi,
    report: (api, metrics) => {
      const line = embeddedMetrics(namespace, { [apiHealthDimension]: api }, metrics, new Date());
      console.log(JSON.stringify(line));
    },
    log: logLine,
  }),
);
