import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { failedCalls } from "../../components/function/failed-calls";
import { BundledFunction } from "../../components/function/bundled-function";
import { schedule, type ScheduleArgs } from "../../components/schedule";
import { recordProgram } from "../support/recorded-program";
import { alerting, deployment } from "./alerting-fixture";

const build = (
  over: Partial<ScheduleArgs> = {},
  { withFailedCalls = false }: { withFailedCalls?: boolean } = {},
) =>
  recordProgram(() => {
    const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
    const target = new BundledFunction(
      "probe",
      {
        deployment,
        functionName: "shop-probe",
        entry: join(__dirname, "../fixtures/worker-program.ts"),
        timeoutSeconds: 10,
        variables: {},
        rights: { name: "probe", statements: [] },
      },
      parent,
    );
    const failed = withFailedCalls
      ? failedCalls(
          "probe",
          {
            deployment,
            functionName: "shop-probe",
            topicArns: [],
            alarm: { key: "failed", runbook: "notices-lost", meaning: { en: "-", ja: "-" } },
            alerting,
          },
          parent,
        )
      : undefined;
    schedule(
      "probe-schedule",
      {
        deployment,
        scheduleName: "shop-probe",
        expression: "rate(1 minute)",
        target,
        input: { tick: true },
        description: "Probes the shop.",
        ...(failed === undefined ? {} : { failedCalls: failed }),
        ...over,
      },
      parent,
    );
    return {};
  });

const policyOf = (policy: unknown) =>
  JSON.parse(policy as string) as {
    Statement: { Action: string | string[]; Resource?: unknown; Condition?: unknown }[];
  };

describe("schedule", () => {
  it("keeps the names that deployed stacks already have", async () => {
    const { resources } = await build();
    const under = "urn:pulumi:stack::project::test:index:Parent";
    expect(
      resources.map(({ urn }) => urn).filter((urn) => urn.includes("probe-schedule")),
    ).to.have.members([
      `${under}$aws:iam/role:Role::probe-schedule-role`,
      `${under}$aws:iam/rolePolicy:RolePolicy::probe-schedule-role-policy`,
      `${under}$aws:scheduler/schedule:Schedule::probe-schedule`,
    ]);
  });

  it("calls the alias at the exact time, with the given event", async () => {
    const { named } = await build();
    const { inputs, dependencies } = named("probe-schedule");
    expect(inputs).to.deep.include({
      name: "shop-probe",
      scheduleExpression: "rate(1 minute)",
      flexibleTimeWindow: { mode: "OFF" },
      state: "ENABLED",
      target: {
        arn: "arn:aws:test:ap-northeast-1:123456789012:probe-live",
        roleArn: "arn:aws:test:ap-northeast-1:123456789012:probe-schedule-role",
        input: '{"tick":true}',
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 3 },
      },
    });
    expect(dependencies).to.include(named("probe-schedule-role-policy").urn);
  });

  it("makes the first call in the deployment if it is told to, before the schedule is there", async () => {
    const { named } = await build({ firstCall: true });
    expect(named("probe-schedule-first").inputs).to.include({
      functionName: "shop-probe",
      qualifier: "live",
      input: '{"tick":true}',
    });
    expect(named("probe-schedule").dependencies).to.include(named("probe-schedule-first").urn);
  });

  it("has a role that may only call the alias, and that only schedules of this account may use", async () => {
    const { named } = await build();
    const role = named("probe-schedule-role").inputs;
    expect(policyOf(role.assumeRolePolicy).Statement).to.deep.equal([
      {
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: {
            "aws:SourceAccount": "123456789012",
            "aws:SourceArn": "arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/default",
          },
        },
      },
    ]);
    const { Statement } = policyOf(named("probe-schedule-role-policy").inputs.policy);
    expect(Statement).to.deep.equal([
      {
        Sid: "Call",
        Effect: "Allow",
        Action: ["lambda:InvokeFunction"],
        Resource: "arn:aws:test:ap-northeast-1:123456789012:probe-live",
      },
    ]);
  });

  it("may put calls that could not be started aside", async () => {
    const { named } = await build({}, { withFailedCalls: true });
    const arn = "arn:aws:sqs:ap-northeast-1:123456789012:shop-probe-dlq";
    expect(named("probe-schedule").inputs.target).to.deep.include({ deadLetterConfig: { arn } });
    expect(
      policyOf(named("probe-schedule-role-policy").inputs.policy).Statement.map(
        ({ Action, Resource }) => [Action, Resource],
      ),
    ).to.deep.include([["sqs:SendMessage"], arn]);
  });

  it("names every fault of its arguments at once", async () => {
    const error = await build({
      scheduleName: `a b${"c".repeat(60)}`,
      expression: "every minute",
    }).catch((reason: unknown) => (reason as Error).message);
    expect(error)
      .to.be.a("string")
      .that.includes('Invalid schedule "probe-schedule":')
      .and.includes('use letters, digits, ".", "-" and "_"')
      .and.includes("more than the 64 characters that IAM allows")
      .and.includes('expression is "every minute"; EventBridge Scheduler allows');
  });
});
