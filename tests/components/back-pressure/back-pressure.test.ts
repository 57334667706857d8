import { expect } from "chai";
import { BackPressure } from "../../../components/back-pressure";
import type { BackPressureArgs } from "../../../components/back-pressure/back-pressure-arguments";
import { MonitoredQueue } from "../../../components/queue";
import { stateTable } from "../../../components/state-table";
import { backPressuredWorkersSchema } from "../../../contracts/back-pressure";
import { recordProgram } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

const probe = {
  url: "https://api.example.com/async-process",
  method: "POST" as const,
  body: "{}",
  expected: [422],
  timeoutSeconds: 10,
};

const build = (over: Partial<BackPressureArgs> = {}) =>
  recordProgram(() => {
    const queue = (name: string) =>
      new MonitoredQueue(name, {
        deployment,
        queueName: `shop-${name}`,
        deadLetterQueueName: `shop-${name}-dlq`,
        visibilityTimeoutSeconds: 300,
        jobTimeoutSeconds: 60,
        maxReceiveCount: 3,
        alerting,
      });
    const [asr, sed, sedV2] = [queue("asr"), queue("sed"), queue("sed-v2")];
    const arn = (uuid: string) =>
      `arn:aws:lambda:ap-northeast-1:123456789012:event-source-mapping:${uuid}`;
    const backPressure = new BackPressure("back-pressure", {
      deployment,
      functionName: "shop-back-pressure",
      stateTable: stateTable("state", { deployment, tableName: "shop-state" }),
      metricsNamespace: "Shop/Worker",
      workers: {
        asr: {
          mappings: [{ uuid: "asr-1", arn: arn("asr-1"), source: { queue: asr } }],
          maximumConcurrency: 10,
          probe,
        },
        sed: {
          mappings: [
            { uuid: "sed-1", arn: arn("sed-1"), source: { queue: sed } },
            { uuid: "sed-2", arn: arn("sed-2"), source: { queue: sedV2, after: [sed] } },
          ],
        },
      },
      alerting,
      ...over,
    });
    const { output, widgets, alarms } = backPressure;
    return { output, widgets, alarms };
  });

describe("BackPressure", () => {
  let recording: Awaited<ReturnType<typeof build>>;
  before(async () => {
    recording = await build({ pauseAlarmMinutes: 30 });
  });

  it("keeps the names that deployed stacks already have", () => {
    const { resources } = recording;
    const type = "queuefleet:back-pressure:BackPressure";
    const under = `urn:pulumi:stack::project::${type}`;
    const own = resources.map(({ urn }) => urn).filter((urn) => urn.includes(type));
    expect(own).to.have.members([
      `${under}::back-pressure`,
      `${under}$aws:cloudwatch/logGroup:LogGroup::back-pressure-logs`,
      `${under}$aws:iam/role:Role::back-pressure-role`,
      `${under}$aws:iam/rolePolicy:RolePolicy::back-pressure-role-policy`,
      `${under}$aws:lambda/function:Function::back-pressure`,
      `${under}$aws:lambda/invocation:Invocation::back-pressure-check`,
      `${under}$aws:lambda/alias:Alias::back-pressure-live`,
      `${under}$aws:lambda/invocation:Invocation::back-pressure-settle`,
      `${under}$aws:lambda/invocation:Invocation::back-pressure-tick-first`,
      `${under}$aws:iam/role:Role::back-pressure-tick-role`,
      `${under}$aws:iam/rolePolicy:RolePolicy::back-pressure-tick-role-policy`,
      `${under}$aws:scheduler/schedule:Schedule::back-pressure-tick`,
      ...["asr", "sed"].flatMap((worker) =>
        ["mapping-paused", "mapping-disabled"].map(
          (key) =>
            `${under}$aws:cloudwatch/metricAlarm:MetricAlarm::back-pressure-${worker}-${key}`,
        ),
      ),
    ]);
  });

  it("gives the function what the contract says", () => {
    const { named } = recording;
    const { environment, timeout } = named("back-pressure", "aws:lambda/function:Function")
      .inputs as {
      environment: { variables: Record<string, string> };
      timeout: number;
    };
    expect(environment.variables).to.include({
      STATE_TABLE: "shop-state",
      METRICS_NAMESPACE: "Shop/Worker",
    });
    const url = (name: string) => `https://sqs.ap-northeast-1.amazonaws.com/123456789012/${name}`;
    expect(
      backPressuredWorkersSchema.parse(JSON.parse(String(environment.variables.WORKERS))),
    ).to.deep.equal({
      asr: {
        mappings: [
          {
            uuid: "asr-1",
            queueUrl: url("asr-queue"),
            maximumConcurrency: 10,
            after: [],
            standby: false,
          },
        ],
        probe,
      },
      sed: {
        mappings: [
          { uuid: "sed-1", queueUrl: url("sed-queue"), after: [], standby: false },
          {
            uuid: "sed-2",
            queueUrl: url("sed-v2-queue"),
            after: [url("sed-queue")],
            standby: false,
          },
        ],
      },
    });
    // A call is over before the next tick begins.
    expect(timeout).to.be.lessThan(50);
    expect(named("back-pressure-tick").inputs).to.include({ scheduleExpression: "rate(1 minute)" });
  });

  it("may update these mappings, count these messages and write these items, and nothing else", () => {
    const { named } = recording;
    const { Statement } = JSON.parse(
      named("back-pressure-role-policy").inputs.policy as string,
    ) as {
      Statement: { Action: string[]; Resource: unknown; Condition?: unknown }[];
    };
    const arn = (service: string, rest: string) =>
      `arn:aws:${service}:ap-northeast-1:123456789012:${rest}`;
    expect(
      Statement.map(({ Action, Resource, Condition }) => [Action, Resource, Condition]),
    ).to.deep.equal([
      [
        ["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"],
        ["asr-1", "sed-1", "sed-2"].map((uuid) => arn("lambda", `event-source-mapping:${uuid}`)),
        undefined,
      ],
      [
        ["sqs:GetQueueAttributes"],
        ["shop-asr", "shop-sed", "shop-sed-v2"].map((name) => arn("sqs", name)),
        undefined,
      ],
      [
        ["dynamodb:GetItem", "dynamodb:UpdateItem"],
        arn("dynamodb", "table/shop-state"),
        {
          "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["breaker#asr", "breaker#sed"] },
        },
      ],
      [
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        `${arn("logs", "log-group:/aws/lambda/shop-back-pressure")}:*`,
        undefined,
      ],
    ]);
  });

  it("has an alarm on a long pause, and one on a mapping that others disabled or on a function that does not run", () => {
    const { named } = recording;
    expect(named("back-pressure-asr-mapping-paused").inputs).to.deep.include({
      name: "shop-back-pressure-asr-mapping-paused",
      namespace: "Shop/Worker",
      metricName: "MappingPaused",
      dimensions: { Worker: "asr" },
      statistic: "Minimum",
      period: 300,
      evaluationPeriods: 6,
      datapointsToAlarm: 6,
      alarmActions: [alerting.topics.critical],
    });
    const disabled = named("back-pressure-asr-mapping-disabled");
    expect(disabled.inputs).to.deep.include({
      metricName: "MappingDisabled",
      period: 60,
      evaluationPeriods: 3,
      treatMissingData: "breaching",
      alarmActions: [alerting.topics.critical],
    });
    expect(disabled.dependencies).to.include(named("back-pressure-tick").urn);
  });

  it("describes itself", () => {
    const { outputs } = recording;
    expect(outputs.output.functions).to.have.all.keys("back-pressure");
    expect(outputs.alarms).to.have.length(4);
    expect(outputs.widgets.map(({ properties }) => properties.title)).to.deep.equal([
      "Paused because the API fails",
      "Disabled by AWS or by hand",
    ]);
  });

  it("names every fault of its arguments at once", async () => {
    const error = await build({
      pauseAlarmMinutes: 7,
      workers: {
        "a b": { mappings: [], probe: { ...probe, url: "api", timeoutSeconds: 60 } },
      },
    }).catch((reason: unknown) => (reason as Error).message);
    expect(error)
      .to.be.a("string")
      .that.includes('Invalid BackPressure "back-pressure":')
      .and.includes("pauseAlarmMinutes is 7; it must be a multiple of 5")
      .and.includes('the key of workers.a b is "a b"')
      .and.includes("workers.a b has no mappings")
      .and.includes("workers.a b.probe.url: Invalid URL")
      .and.includes("probe.timeoutSeconds is 60; a probe may take at most 25 seconds");
  });
});
