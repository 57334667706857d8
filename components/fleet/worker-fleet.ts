import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundleKey } from "../../contracts/release";
import { crashLogLevel, errorLogLevels } from "../../contracts/worker-logs";
import type { Metric } from "../alarms/alarm-spec";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import { buildBundle } from "../bundle";
import type { Widget } from "../dashboard/widgets";
import { standardTags } from "../deployment";
import type { Described, OutputPart } from "../described";
import { logGroup } from "../log-group";
import { fleetAlarms, releaseStopKeys } from "./fleet-alarms";
import { crashes, errorLogs } from "./fleet-metrics";
import { fleetThresholds } from "./fleet-thresholds";
import { fleetWidgets } from "./fleet-widgets";
import { machineGroup } from "./machine-group";
import { machineTemplate } from "./machine-template";
import { minutesOfMoreMachines, releasePreferences } from "./release";
import { releaseGuard } from "./release-guard-function";
import { holdParameter, refuseHeldBundle } from "./release-hold";
import { switchBundleDocument } from "./switch-bundle-document";
import {
  assertWorkerFleetArgs,
  shutdownGraceSeconds,
  type WorkerFleetArgs,
} from "./worker-fleet-arguments";
import { workerRole } from "./worker-role";

/** Machines that work on a queue. The backlog decides how many there are. A release first replaces one machine, the
 *  canary. If an alarm of the release fires, the release stops and is rolled back. */
export class WorkerFleet extends pulumi.ComponentResource implements Described {
  readonly key: string;
  readonly launchTemplateId: pulumi.Output<string>;
  readonly output: OutputPart;
  readonly alarms: DeployedAlarm[];
  readonly widgets: Widget[];

  constructor(name: string, args: WorkerFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    assertWorkerFleetArgs(name, args);
    super("queuefleet:fleet:WorkerFleet", name, {}, opts);
    this.key = name;
    const child = { parent: this };
    const { names, deployment, queue } = args;
    const fleet = {
      autoScalingGroupName: names.autoScalingGroup,
      queueName: queue.queueName,
      metricsNamespace: args.worker.metricsNamespace,
    };

    const built = buildBundle(args.worker.entry);
    const bundle = {
      bucket: args.scripts.bucketName,
      key: bundleKey(built.sha256),
      sha256: built.sha256,
    };
    const object = new aws.s3.BucketObjectv2(
      `${name}-bundle`,
      {
        bucket: args.scripts.bucket,
        key: bundle.key,
        source: new pulumi.asset.FileAsset(built.path),
        contentType: "text/javascript",
        tags: standardTags(deployment),
      },
      // Older bundles stay in the bucket: a rollback must not wait for a build.
      { ...child, retainOnDelete: true, dependsOn: args.scripts.ready },
    );

    const logs = logGroup(
      `${name}-logs`,
      { deployment, logGroupName: names.logGroup, retentionDays: args.logRetentionDays },
      this,
    );
    const countLines = (key: string, metric: Metric, levels: readonly string[]) =>
      new aws.cloudwatch.LogMetricFilter(
        `${name}-${key}`,
        {
          name: key,
          logGroupName: logs.name,
          pattern: `{ ${levels.map((level) => `($.level = "${level}")`).join(" || ")} }`,
          metricTransformation: {
            namespace: metric.namespace,
            name: metric.name,
            value: "1",
            defaultValue: "0",
          },
        },
        child,
      );
    countLines("error-logs", errorLogs(fleet), errorLogLevels);
    countLines("crashes", crashes(fleet), [crashLogLevel]);

    const { profile, policy } = workerRole(name, args, bundle.key, this);
    const hold = holdParameter(name, deployment);
    const mayRelease = refuseHeldBundle(name, deployment, bundle.sha256, this);
    const template = machineTemplate(name, args, { profile, bundle, mayRelease }, this);
    this.launchTemplateId = template.id;

    const specs = fleetAlarms(
      {
        ...fleet,
        minimumMachines: args.machines.minimum,
        minutesOfMoreMachines: minutesOfMoreMachines(
          releasePreferences(args.release),
          shutdownGraceSeconds(args.worker),
        ),
      },
      fleetThresholds(args.thresholds),
    );
    const created = specs.map((spec) =>
      createAlarm(`${name}-${spec.key}`, spec, { subject: names.autoScalingGroup, ...args }, this),
    );
    const stops = created.filter(({ key }) => releaseStopKeys.includes(key));
    const stopAlarms = stops.map(({ deployed }) => deployed.name);
    const guard = releaseGuard(`${name}-release-guard`, args, { template, stopAlarms, hold }, this);

    const document = switchBundleDocument(name, args, this);
    machineGroup(
      name,
      args,
      template,
      // A machine needs these as soon as it starts.
      { dependsOn: [object, policy, logs, ...stops.map(({ resource }) => resource)] },
      this,
    );

    this.alarms = [...created.map(({ deployed }) => deployed), guard.alarm];
    this.widgets = fleetWidgets(fleet, names.logGroup, deployment.region);
    this.output = {
      functions: { "release-guard": guard.bundledFunction.output },
      fleets: {
        [name]: {
          autoScalingGroupName: names.autoScalingGroup,
          launchTemplateId: template.id,
          queue: queue.key,
          logGroupName: names.logGroup,
          bundle,
          release: {
            documentName: document.name,
            holdParameter: hold,
            shutdownGraceSeconds: shutdownGraceSeconds(args.worker),
            alarms: stopAlarms,
          },
        },
      },
    };
    this.registerOutputs({ launchTemplateId: this.launchTemplateId });
  }
}
