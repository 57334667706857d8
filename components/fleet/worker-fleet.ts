import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { errorLogLevels } from "../../contracts/worker-logs";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import { fleetAlarms, releaseStopKeys } from "../alarms/fleet-alarms";
import { standardTags } from "../deployment";
import type { DeployedFunction } from "../topic-function";
import { machineGroup } from "./machine-group";
import { machineTemplate } from "./machine-template";
import { releaseGuard } from "./release-guard-function";
import type { BundleLocation } from "./user-data";
import { assertWorkerFleetArgs, type WorkerFleetArgs } from "./worker-fleet-arguments";
import { workerRole } from "./worker-role";

/** Machines that work on a queue: as many as its backlog needs, replaced one first at every release, which
 *  stops there and is taken back when the release's alarms fire. */
export class WorkerFleet extends pulumi.ComponentResource {
  readonly autoScalingGroupName: string;
  readonly logGroupName: string;
  readonly launchTemplateId: pulumi.Output<string>;
  readonly metricsNamespace: string;
  readonly bundle: BundleLocation;
  readonly alarms: DeployedAlarm[];
  /** By what they do. */
  readonly functions: Record<string, DeployedFunction>;
  /** Where the log group's filter counts error lines. */
  readonly errorLogs: { namespace: string; name: string };

  constructor(name: string, args: WorkerFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    assertWorkerFleetArgs(name, args);
    super("queuefleet:fleet:WorkerFleet", name, {}, opts);
    const child = { parent: this };
    const { names, deployment } = args;
    this.autoScalingGroupName = names.autoScalingGroup;
    this.logGroupName = names.logGroup;
    this.metricsNamespace = args.worker.metricsNamespace;
    this.errorLogs = {
      namespace: args.worker.metricsNamespace,
      name: `ErrorLogs-${names.autoScalingGroup}`,
    };

    const built = args.worker.bundle;
    this.bundle = {
      bucket: args.scripts.bucketName,
      key: `worker/${built.sha256}.js`,
      sha256: built.sha256,
    };
    const object = new aws.s3.BucketObjectv2(
      `${name}-bundle`,
      {
        bucket: args.scripts.bucket,
        key: this.bundle.key,
        source: new pulumi.asset.FileAsset(built.path),
        contentType: "text/javascript",
        tags: standardTags(deployment),
      },
      // The release before stays fetchable: a rollback must not wait for a build.
      { ...child, retainOnDelete: true },
    );

    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      {
        name: names.logGroup,
        retentionInDays: args.logRetentionDays,
        tags: standardTags(deployment),
      },
      child,
    );
    new aws.cloudwatch.LogMetricFilter(
      `${name}-error-logs`,
      {
        name: "error-logs",
        logGroupName: logGroup.name,
        pattern: `{ ${errorLogLevels.map((level) => `($.level = "${level}")`).join(" || ")} }`,
        metricTransformation: { ...this.errorLogs, value: "1", defaultValue: "0" },
      },
      child,
    );

    const { profile, policy } = workerRole(name, args, this.bundle.key, this);
    const template = machineTemplate(name, args, { profile, bundle: this.bundle }, this);
    this.launchTemplateId = template.id;

    const specs = fleetAlarms(
      {
        autoScalingGroupName: names.autoScalingGroup,
        queueName: args.queue.queueName,
        metricsNamespace: args.worker.metricsNamespace,
        errorLogs: this.errorLogs,
        minimumMachines: args.machines.minimum,
      },
      args.thresholds,
    );
    const created = specs.map((spec) =>
      createAlarm(`${name}-${spec.key}`, spec, { subject: names.autoScalingGroup, ...args }, this),
    );
    const stops = created.filter(({ key }) => releaseStopKeys.includes(key));
    const stopAlarms = stops.map(({ deployed }) => deployed.name);
    const guard = releaseGuard(`${name}-release-guard`, args, { template, stopAlarms }, this);
    this.functions = { "release-guard": guard.deployed };
    this.alarms = [...created.map(({ deployed }) => deployed), guard.alarm];

    machineGroup(
      name,
      args,
      template,
      {
        stopAlarms,
        // What a machine needs from its first second on.
        dependsOn: [object, policy, logGroup, ...stops.map(({ resource }) => resource)],
      },
      this,
    );
    this.registerOutputs({ launchTemplateId: this.launchTemplateId });
  }
}
