import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { standardTags, type Deployment } from "./deployment";

/** How long logs are kept by default. */
const defaultRetentionDays = 30;

/** Retentions that CloudWatch Logs allows, in days. Source: PutRetentionPolicy. */
export const retentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

/** The arguments of `ArgumentFaults.require`: whether CloudWatch Logs allows a retention, and the fault if not. */
export const retentionFault = (
  days = defaultRetentionDays,
  field = "logRetentionDays",
): [holds: boolean, fault: string] => [
  retentionDays.includes(days),
  `${field} is ${days}; CloudWatch Logs allows ${retentionDays.join(", ")}`,
];

export const logGroup = (
  name: string,
  args: { deployment: Deployment; logGroupName: string; retentionDays?: number },
  parent: pulumi.Resource,
): aws.cloudwatch.LogGroup =>
  new aws.cloudwatch.LogGroup(
    name,
    {
      name: args.logGroupName,
      retentionInDays: args.retentionDays ?? defaultRetentionDays,
      tags: standardTags(args.deployment),
    },
    { parent },
  );
