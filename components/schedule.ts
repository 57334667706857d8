import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentFaults } from "./argument-faults";
import { arnOf, standardTags, type Deployment } from "./deployment";
import type { BundledFunction } from "./function/bundled-function";
import type { FailedCalls } from "./function/failed-calls";
import { allow, assumedBy } from "./iam";

export interface ScheduleArgs {
  deployment: Deployment;
  /** Physical name of the schedule. Its role is called `<scheduleName>-schedule`. */
  scheduleName: string;
  /** "rate(1 minute)", "cron(0 9 * * ? *)". Times are UTC. Source: EventBridge Scheduler guide, "Schedule types". */
  expression: string;
  target: BundledFunction;
  /** The event of every call, as JSON. */
  input: object;
  description: string;
  /** Whether the deployment itself makes the first call and awaits it: then an alarm that depends on the schedule, and fires when
   *  data is missing, begins with data. Default false. */
  firstCall?: boolean;
  /** Receives the calls that could not be started. A schedule whose next call does the work of a lost one needs none: an
   *  alarm on missing data notices that no call comes. */
  failedCalls?: Pick<FailedCalls, "arn" | "queue">;
}

/** The group that a schedule belongs to if it names none. */
const group = "default";

/** How long Scheduler tries to start a call. Then the next call of a frequent schedule is due anyway. Seconds, 60–86,400.
 *  Source: Scheduler API, RetryPolicy. */
const retries = { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 3 };

const longestName = 64;
const roleNameOf = (scheduleName: string) => `${scheduleName}-schedule`;

/** Calls a function again and again, through its alias, with a role that may do nothing else. */
export function schedule(
  name: string,
  args: ScheduleArgs,
  parent: pulumi.Resource,
): aws.scheduler.Schedule {
  assertScheduleArgs(name, args);
  const { deployment, scheduleName, target, failedCalls } = args;
  const input = JSON.stringify(args.input);
  const first =
    args.firstCall === true
      ? [
          new aws.lambda.Invocation(
            `${name}-first`,
            { functionName: target.functionName, qualifier: target.alias, input },
            { parent },
          ),
        ]
      : [];
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: roleNameOf(scheduleName),
      // Scheduler says which group it calls for, not which schedule.
      // Source: EventBridge Scheduler guide, "Confused deputy prevention".
      assumeRolePolicy: assumedBy("scheduler.amazonaws.com", {
        StringEquals: {
          "aws:SourceAccount": deployment.accountId,
          "aws:SourceArn": arnOf(deployment, "scheduler", `schedule-group/${group}`),
        },
      }),
      tags: standardTags(deployment),
    },
    { parent },
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-role-policy`,
    {
      name: "schedule",
      role: role.name,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          allow("Call", ["lambda:InvokeFunction"], target.aliasArn),
          ...(failedCalls === undefined
            ? []
            : [allow("PutAside", ["sqs:SendMessage"], failedCalls.arn)]),
        ],
      }),
    },
    { parent },
  );
  return new aws.scheduler.Schedule(
    name,
    {
      name: scheduleName,
      groupName: group,
      description: args.description,
      scheduleExpression: args.expression,
      flexibleTimeWindow: { mode: "OFF" },
      state: "ENABLED",
      target: {
        arn: target.aliasArn,
        roleArn: role.arn,
        input,
        retryPolicy: retries,
        ...(failedCalls === undefined ? {} : { deadLetterConfig: { arn: failedCalls.arn } }),
      },
    },
    {
      parent,
      dependsOn: [policy, ...first, ...(failedCalls === undefined ? [] : [failedCalls.queue])],
    },
  );
}

function assertScheduleArgs(name: string, { scheduleName, expression, description }: ScheduleArgs) {
  new ArgumentFaults(`schedule "${name}"`)
    .text("scheduleName", scheduleName, /^[\w.-]+$/, 'use letters, digits, ".", "-" and "_"')
    .require(
      roleNameOf(scheduleName).length <= longestName,
      `scheduleName is "${scheduleName}"; the name of its role, "${roleNameOf(scheduleName)}", has more than the ${longestName} characters that IAM allows`,
    )
    .text(
      "expression",
      expression,
      /^(rate\([1-9]\d* (minute|hour|day)s?\)|cron\(\S+( \S+){5}\)|at\(\S+\))$/,
      'EventBridge Scheduler allows "rate(5 minutes)", "cron(0 9 * * ? *)" and "at(2026-11-21T10:00:00)"',
    )
    .require(
      description.length <= 512,
      `description has ${description.length} characters; EventBridge Scheduler allows 512`,
    )
    .throwIfAny();
}
