import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import { graph, type Widget } from "../dashboard/widgets";
import type { Described, OutputPart } from "../described";
import { BundledFunction } from "../function/bundled-function";
import { schedule } from "../schedule";
import {
  apiHealthAlarms,
  apiHealthMetric,
  outcomesOf,
  probeMinutes,
  workPathKey,
  type Outcomes,
} from "./api-health-alarms";
import {
  assertApiHealthProbeArgs,
  nameOfApi,
  type ApiHealthProbeArgs,
} from "./api-health-probe-arguments";
import { apiCanary, type CanaryArgs } from "./canary/api-canary";
import { longestProbeSeconds } from "./probe-faults";
import { probedApisVariable } from "./probed-apis";

/** Who asks the APIs, and where its metrics are. */
interface Prober {
  outcomes: Record<string, Outcomes>;
  resources: pulumi.Resource[];
  output: OutputPart;
  widgets: Widget[];
}

/** Asks APIs every five minutes, from Lambda and not from their host: the way from outside may fail while the one inside
 *  works. For each API its health check and the path that does the work, so that the alarms say which of them fails. */
export class ApiHealthProbe extends pulumi.ComponentResource implements Described {
  readonly key: string;
  /** Names of the alarms on the work paths, by API. Known before anything is deployed. */
  readonly workPathAlarms: Record<string, string>;
  readonly output: OutputPart;
  readonly alarms: DeployedAlarm[];
  readonly widgets: Widget[];

  constructor(name: string, args: ApiHealthProbeArgs, opts?: pulumi.ComponentResourceOptions) {
    assertApiHealthProbeArgs(name, args);
    super("queuefleet:health:ApiHealthProbe", name, {}, opts);
    const { functionName, canary } = args;
    const prober =
      canary === undefined
        ? probeFunction(name, args, this)
        : probeCanaries(name, { ...args, canary }, this);
    const subjectOf = (api: string) => nameOfApi(functionName, api);
    this.key = name;
    this.workPathAlarms = Object.fromEntries(
      Object.keys(args.apis).map((api) => [api, `${subjectOf(api)}-${workPathKey}`]),
    );
    this.alarms = Object.entries(args.apis).flatMap(([api, probed]) =>
      apiHealthAlarms(api, probed, prober.outcomes[api] as Outcomes).map(
        (spec) =>
          createAlarm(
            `${name}-${api}-${spec.key}`,
            spec,
            // Before the first probe all data is missing, which breaches.
            { ...args, subject: subjectOf(api), after: prober.resources },
            this,
          ).deployed,
      ),
    );
    this.output = prober.output;
    this.widgets = prober.widgets;
    this.registerOutputs({ workPathAlarms: this.workPathAlarms });
  }
}

function probeFunction(name: string, args: ApiHealthProbeArgs, parent: pulumi.Resource): Prober {
  const { deployment, functionName, metricsNamespace, apis } = args;
  const bundledFunction = new BundledFunction(
    name,
    {
      deployment,
      functionName,
      entry: join(__dirname, "probe/handler.ts"),
      timeoutSeconds: longestProbeSeconds + 5,
      variables: {
        [probedApisVariable]: JSON.stringify(apis),
        METRICS_NAMESPACE: metricsNamespace,
      },
      rights: { name: "probe", statements: [] },
      logRetentionDays: args.logRetentionDays,
    },
    parent,
  );
  const calls = schedule(
    `${name}-schedule`,
    {
      deployment,
      scheduleName: functionName,
      expression: `rate(${probeMinutes} minutes)`,
      target: bundledFunction,
      input: {},
      firstCall: true,
      description: "Asks the APIs for their health and for their work path.",
    },
    parent,
  );
  const lines = (kind: "healthLatency" | "workPathLatency") =>
    Object.keys(apis).map((api) => ({
      metric: apiHealthMetric(metricsNamespace, api, kind),
      label: api,
    }));
  return {
    outcomes: Object.fromEntries(
      Object.keys(apis).map((api) => [api, outcomesOf(metricsNamespace, api)]),
    ),
    resources: [calls],
    output: { functions: { [name]: bundledFunction.output } },
    widgets: [
      graph("Work path of the APIs (ms)", deployment.region, lines("workPathLatency")),
      graph("Health check of the APIs (ms)", deployment.region, lines("healthLatency")),
    ],
  };
}

function probeCanaries(
  name: string,
  args: ApiHealthProbeArgs & { canary: CanaryArgs },
  parent: pulumi.Resource,
): Prober {
  const { deployment, functionName, canary } = args;
  const canaries = Object.entries(args.apis).map(([api, probed]) => ({
    api,
    ...apiCanary(
      `${name}-${api}`,
      { deployment, canaryName: nameOfApi(functionName, api), api: probed, canary },
      parent,
    ),
  }));
  return {
    outcomes: Object.fromEntries(canaries.map(({ api, outcomes }) => [api, outcomes])),
    resources: canaries.map(({ resource }) => resource),
    output: {},
    widgets: [
      graph(
        "Time of the canaries (ms)",
        deployment.region,
        canaries.map(({ api, duration }) => ({ metric: duration, label: api })),
      ),
    ],
  };
}
