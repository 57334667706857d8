import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { standardTags, type Deployment } from "./deployment";

/** How long logs are kept by default. */
const defaultRetentionDays = 30;

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
