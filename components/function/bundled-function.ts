import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { checkEvent } from "../../contracts/function-check";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import { buildBundle } from "../bundle";
import { arnOf, standardTags, type Deployment } from "../deployment";
import type { Unresolved } from "../described";
import { allow, assumedBy } from "../iam";
import { logGroup } from "../log-group";
import {
  assertBundledFunctionArgs,
  functionDefaults,
  type BundledFunctionArgs,
} from "./function-arguments";

/** The alias that every caller uses. A new version is called only when the alias points to it. */
export const liveAlias = "live";

/** The ARN of a function's alias, known before anything is deployed. */
export const aliasArnOf = (deployment: Deployment, functionName: string): string =>
  arnOf(deployment, "lambda", `function:${functionName}:${liveAlias}`);

/** A Lambda function from a TypeScript file, built with esbuild. Each change is a new version, called through an
 *  alias. The deployment first calls the version with the check event of contracts/function-check.ts. Its role has exactly
 *  the rights it needs, and its log group has a retention time. What calls the
 *  function (topics, queues, schedules) is separate. It is not a component resource: its resources are children
 *  of the component that uses it, so that deployed stacks keep their URNs. */
export class BundledFunction {
  readonly functionName: string;
  /** The published version that the alias points to. */
  readonly version: pulumi.Output<string>;
  /** The ARN that callers use. */
  readonly aliasArn: pulumi.Output<string>;
  /** Name of the alias, known once the alias exists. The qualifier of permissions. */
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
    const lambdaFunction = new aws.lambda.Function(
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
        ...(args.reservedConcurrency === undefined
          ? {}
          : { reservedConcurrentExecutions: args.reservedConcurrency }),
        ...(failedCalls === undefined
          ? {}
          : { deadLetterConfig: { targetArn: failedCalls.queue.arn } }),
        tags,
      },
      // The policy must exist first: Lambda refuses a dead-letter queue that the role may not send to.
      { ...child, dependsOn: [policy, logs] },
    );
    const check = new aws.lambda.Invocation(
      `${name}-check`,
      {
        functionName: lambdaFunction.name,
        qualifier: lambdaFunction.version,
        input: checkEvent("deployment"),
        triggers: { version: lambdaFunction.version },
      },
      child,
    );
    const alias = new aws.lambda.Alias(
      `${name}-${liveAlias}`,
      {
        name: liveAlias,
        functionName: lambdaFunction.name,
        functionVersion: lambdaFunction.version,
      },
      // A version that fails the check is never called.
      { ...child, dependsOn: [check] },
    );
    this.functionName = functionName;
    this.version = lambdaFunction.version;
    this.alias = alias.name;
    this.aliasArn = alias.arn;
    this.output = {
      name: functionName,
      arn: lambdaFunction.arn,
      alias: liveAlias,
      logGroupName,
      ...(failedCalls === undefined ? {} : { failedCalls: failedCalls.queueName }),
    };
  }
}
