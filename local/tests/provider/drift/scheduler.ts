import type { UpdateScheduleCommandInput } from "@aws-sdk/client-scheduler";
import { each, type ByHand, type Drift } from "./drift";
import { arnOf, newRole } from "../surroundings";

const windowOf = { Mode: "FLEXIBLE", MaximumWindowInMinutes: 15 } as const;

/** What the schedule below is, with a change. */
const changed =
  (change: (target: UpdateScheduleCommandInput["Target"]) => object): ByHand =>
  async ({ scheduler }, id) => {
    const [GroupName, Name] = id.split("/");
    const now = await scheduler.getSchedule({ GroupName, Name });
    await scheduler.updateSchedule({
      Name,
      GroupName,
      ScheduleExpression: now.ScheduleExpression,
      ScheduleExpressionTimezone: now.ScheduleExpressionTimezone,
      FlexibleTimeWindow: now.FlexibleTimeWindow,
      Target: now.Target,
      State: now.State,
      ActionAfterCompletion: now.ActionAfterCompletion,
      Description: now.Description,
      StartDate: now.StartDate,
      EndDate: now.EndDate,
      KmsKeyArn: now.KmsKeyArn,
      ...change(now.Target),
    });
  };
const target = (change: object): ByHand => changed((now) => ({ Target: { ...now, ...change } }));

export const schedulerDrifts: Drift[] = [
  {
    type: "aws:scheduler/schedule:Schedule",
    prepare: async (under) => ({
      ...(await newRole(under, "scheduler-role", "scheduler.amazonaws.com")),
      called: arnOf(under, "lambda", "function:checker:live"),
      queue: arnOf(under, "sqs", "failed-calls"),
      key: arnOf(under, "kms", "key/one"),
    }),
    inputs: ({ roleArn = "", called = "", queue = "", key = "" }) => ({
      name: "drifting",
      scheduleExpression: "rate(5 minutes)",
      scheduleExpressionTimezone: "Asia/Tokyo",
      flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 15 },
      description: "Looks for finished recordings",
      startDate: "2030-01-01T00:00:00Z",
      endDate: "2031-01-01T00:00:00Z",
      actionAfterCompletion: "DELETE",
      kmsKeyArn: key,
      target: {
        arn: called,
        roleArn,
        input: '{"check":true}',
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
        deadLetterConfig: { arn: queue },
        sqsParameters: { messageGroupId: "one" },
      },
    }),
    fixed: ["groupName"],
    byHand: {
      scheduleExpression: changed(() => ({ ScheduleExpression: "rate(1 hour)" })),
      scheduleExpressionTimezone: changed(() => ({ ScheduleExpressionTimezone: "UTC" })),
      "flexibleTimeWindow.mode": changed(() => ({ FlexibleTimeWindow: { Mode: "OFF" } })),
      "flexibleTimeWindow.maximumWindowInMinutes": changed(() => ({
        FlexibleTimeWindow: { ...windowOf, MaximumWindowInMinutes: 30 },
      })),
      description: changed(() => ({ Description: "by hand" })),
      startDate: changed(() => ({ StartDate: undefined })),
      endDate: changed(() => ({ EndDate: new Date("2032-01-01T00:00:00Z") })),
      actionAfterCompletion: changed(() => ({ ActionAfterCompletion: "NONE" })),
      state: changed(() => ({ State: "DISABLED" })),
      kmsKeyArn: changed(() => ({ KmsKeyArn: undefined })),
      "target.arn": target({ Arn: "arn:aws:lambda:ap-northeast-1:123456789012:function:other" }),
      "target.roleArn": target({ RoleArn: "arn:aws:iam::123456789012:role/other" }),
      ...Object.fromEntries(
        Object.entries(
          each(
            {
              "target.input": { Input: "{}" },
              "target.deadLetterConfig.arn": { DeadLetterConfig: undefined },
              "target.sqsParameters.messageGroupId": { SqsParameters: undefined },
              "target.retryPolicy.maximumEventAgeInSeconds": {
                RetryPolicy: { MaximumEventAgeInSeconds: 120, MaximumRetryAttempts: 0 },
              },
              "target.retryPolicy.maximumRetryAttempts": {
                RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 3 },
              },
            },
            (clients, id, change, prepared) => target(change)(clients, id, prepared),
          ),
        ),
      ),
    },
    // Only a flexible window has a length.
    changesWith: { "flexibleTimeWindow.mode": ["flexibleTimeWindow.maximumWindowInMinutes"] },
    removals: {
      it: ({ scheduler }, id) => {
        const [GroupName, Name] = id.split("/");
        return scheduler.deleteSchedule({ GroupName, Name });
      },
    },
  },
  {
    type: "aws:scheduler/schedule:Schedule",
    variant: "with the service's retries",
    prepare: (under) => newRole(under, "retrying-role", "scheduler.amazonaws.com"),
    inputs: ({ roleArn = "" }) => ({
      name: "retrying",
      scheduleExpression: "rate(5 minutes)",
      flexibleTimeWindow: { mode: "OFF" },
      target: { arn: "arn:aws:lambda:ap-northeast-1:123456789012:function:one", roleArn },
    }),
    byHand: { "target.retryPolicy": target({ RetryPolicy: { MaximumRetryAttempts: 3 } }) },
    removals: {
      it: ({ scheduler }, id) => {
        const [GroupName, Name] = id.split("/");
        return scheduler.deleteSchedule({ GroupName, Name });
      },
    },
  },
  {
    type: "aws:scheduler/scheduleGroup:ScheduleGroup",
    prepare: (under) => Promise.resolve({ groups: arnOf(under, "scheduler", "schedule-group") }),
    inputs: { name: "drifting-group", tags: { Project: "files", Owner: "files-team" } },
    byHand: {
      tags: ({ scheduler }, id, { groups = "" }) =>
        scheduler.untagResource({ ResourceArn: `${groups}/${id}`, TagKeys: ["Project"] }),
    },
    removals: { it: ({ scheduler }, Name) => scheduler.deleteScheduleGroup({ Name }) },
  },
];
