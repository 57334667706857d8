import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import { buildBundle } from "../bundle";
import { arnOf, standardTags } from "../deployment";
import type { Unresolved } from "../described";
import { allow, assumedBy } from "../iam";
import { logGroup } from "../log-group";
import {
  assertBundledFunctionArgs,
  functionDefaults,
  type BundledFunctionArgs,
} from "./function-arguments";

/** The alias that everything calls. A new version is called only once the alias points at it. */
export const liveAlias = "live";

/** A function made of a TypeScript file: built with esbuild, each change a version, called through an alias,
 *  with a role that has exactly its rights and a log group that is kept for a time. What calls it (topics,
 *  queues, schedules) is separate. It is no component resource of its own: what it makes belongs to the
 *  component that needs it, under the URNs that deployed stacks have. */
export class BundledFunction {
  readonly functionName: string;
  /** What calls the function calls this one. */
  readonly aliasArn: pulumi.Output<string>;
  /** The alias's name, once the alias is there: the qualifier of permissions. */
  readonly alias: pulumi.Output<string>;
  readonly output: Unresolved<SystemOutputs["functions"][string]>;

  constructor(name: string, args: BundledFunctionArgs, parent: pulumi.Resource) {
    assertBundledFunctionArgs(name, args);
    const { deployment, functionName, failedCalls } = args;
    const child = { parent };
    const tags = standardTags(deployment);
    const logGroupName = `/aws/lambda/${functionName}`;
    const logs = logGroup(
      `${name}-logs`,
      { deployment, logGroupName, retentionDays: args.logRetentionDays },
      parent,
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      { name: functionName, assumeRolePolicy: assumedBy("lambda.amazonaws.com"), tags },
      child,
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-role-policy`,
      {
        name: args.rights.name,
        role: role.name,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            ...args.rights.statements,
            allow(
              "Log",
              ["logs:CreateLogStream", "logs:PutLogEvents"],
              `${arnOf(deployment, "logs", `log-group:${logGroupName}`)}:*`,
            ),
            ...(failedCalls === undefined
              ? []
              : [allow("PutAside", ["sqs:SendMessage"], failedCalls.arn)]),
          ],
        }),
      },
      child,
    );
    const bundle = buildBundle(args.entry);
    const made = new aws.lambda.Function(
      name,
      {
        name: functionName,
        role: role.arn,
        runtime: aws.lambda.Runtime.NodeJS22dX,
        handler: "index.handler",
        code: new pulumi.asset.AssetArchive({
          "index.js": new pulumi.asset.FileAsset(bundle.path),
        }),
        publish: true,
        timeout: args.timeoutSeconds,
        memorySize: args.memoryMegabytes ?? functionDefaults.memoryMegabytes,
        environment: { variables: args.variables },
        ...(failedCalls === undefined
          ? {}
          : { deadLetterConfig: { targetArn: failedCalls.queue.arn } }),
        tags,
      },
      // The rights first: Lambda refuses a dead-letter queue that the role may not send to.
      { ...child, dependsOn: [policy, logs] },
    );
    const alias = new aws.lambda.Alias(
      `${name}-${liveAlias}`,
      { name: liveAlias, functionName: made.name, functionVersion: made.version },
      child,
    );
    this.functionName = functionName;
    this.alias = alias.name;
    this.aliasArn = alias.arn;
    this.output = { name: functionName, arn: made.arn, logGroupName };
  }
}
