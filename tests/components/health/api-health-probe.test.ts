import { expect } from "chai";
import { PrivateBucket } from "../../../components/bucket";
import { ApiHealthProbe } from "../../../components/health";
import type { ApiHealthProbeArgs } from "../../../components/health/api-health-probe-arguments";
import { recordProgram } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

const of = (host: string) => ({
  health: {
    url: `https://${host}/health`,
    method: "GET" as const,
    expected: [200],
    timeoutSeconds: 10,
  },
  workPath: {
    url: `https://${host}/async-process`,
    method: "POST" as const,
    body: "{}",
    expected: [422],
    timeoutSeconds: 20,
  },
});
const apis = { behavior: of("behavior.example.com"), emotion: of("emotion.example.com") };

const build = (over: Partial<Omit<ApiHealthProbeArgs, "canary">> = {}, canary?: object) =>
  recordProgram(() => {
    const probe = new ApiHealthProbe("api-health", {
      deployment,
      functionName: "shop-api-health",
      metricsNamespace: "Shop/Worker",
      apis,
      alerting,
      ...over,
      ...(canary && {
        canary: {
          bucket: new PrivateBucket("reports", { deployment, bucketName: "shop-reports" }),
          ...canary,
        },
      }),
    });
    const { output, alarms, widgets, workPathAlarms } = probe;
    return { output, alarms, widgets, workPathAlarms };
  });

const own = "queuefleet:health:ApiHealthProbe";
const under = `urn:pulumi:stack::project::${own}`;
const alarmUrns = Object.keys(apis).flatMap((api) =>
  ["health", "work-path"].map(
    (key) => `${under}$aws:cloudwatch/metricAlarm:MetricAlarm::api-health-${api}-${key}`,
  ),
);
const urnsOf = ({ resources }: Awaited<ReturnType<typeof build>>) =>
  resources.map(({ urn }) => urn).filter((urn) => urn.includes(own));

describe("ApiHealthProbe", () => {
  it("keeps the names that deployed stacks already have", async () => {
    expect(urnsOf(await build())).to.have.members([
      `${under}::api-health`,
      `${under}$aws:cloudwatch/logGroup:LogGroup::api-health-logs`,
      `${under}$aws:iam/role:Role::api-health-role`,
      `${under}$aws:iam/rolePolicy:RolePolicy::api-health-role-policy`,
      `${under}$aws:lambda/function:Function::api-health`,
      `${under}$aws:lambda/invocation:Invocation::api-health-check`,
      `${under}$aws:lambda/alias:Alias::api-health-live`,
      `${under}$aws:lambda/invocation:Invocation::api-health-schedule-first`,
      `${under}$aws:iam/role:Role::api-health-schedule-role`,
      `${under}$aws:iam/rolePolicy:RolePolicy::api-health-schedule-role-policy`,
      `${under}$aws:scheduler/schedule:Schedule::api-health-schedule`,
      ...alarmUrns,
    ]);
  });

  it("asks from outside the host, every five minutes, and may do nothing but write its log", async () => {
    const { named } = await build();
    const { inputs } = named("api-health", "aws:lambda/function:Function");
    expect(inputs).to.not.have.property("vpcConfig");
    // All requests run at the same time.
    expect(inputs.timeout).to.be.greaterThan(20);
    expect(inputs).to.have.deep.nested.property("environment.variables", {
      APIS: JSON.stringify(apis),
      METRICS_NAMESPACE: "Shop/Worker",
    });
    expect(named("api-health-schedule").inputs).to.include({
      scheduleExpression: "rate(5 minutes)",
    });
    const { Statement } = JSON.parse(named("api-health-role-policy").inputs.policy as string) as {
      Statement: { Sid: string }[];
    };
    expect(Statement.map(({ Sid }) => Sid)).to.deep.equal(["Log"]);
  });

  it("has an alarm for each path, after three failures in a row or without data", async () => {
    const { named, outputs } = await build();
    const inARow = {
      statistic: "Maximum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      period: 300,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      treatMissingData: "breaching",
      dimensions: { Api: "behavior" },
    };
    const health = named("api-health-behavior-health");
    expect(health.inputs).to.deep.include({
      ...inARow,
      metricName: "Healthy",
      alarmActions: [alerting.topics.warning],
    });
    expect(health.inputs.alarmDescription).to.include("The health check of behavior fails");
    expect(health.dependencies).to.include(named("api-health-schedule").urn);
    const workPath = named("api-health-behavior-work-path").inputs;
    expect(workPath).to.deep.include({
      ...inARow,
      name: "shop-api-health-behavior-work-path",
      metricName: "WorkPathHealthy",
      alarmActions: [alerting.topics.critical],
    });
    expect(workPath.alarmDescription)
      .to.include("The path of behavior that takes work fails")
      .and.include(`-X POST -H 'content-type: application/json' -d '{}' 'https://behavior.`);
    expect(outputs.workPathAlarms).to.deep.equal({
      behavior: "shop-api-health-behavior-work-path",
      emotion: "shop-api-health-emotion-work-path",
    });
    expect(outputs.widgets).to.have.length(2);
    expect(outputs.output.functions).to.have.all.keys("api-health");
  });

  describe("with canaries", () => {
    it("has one for each API instead of the function, and the same alarms", async () => {
      const recording = await build({}, {});
      const canaryUrns = Object.keys(apis).flatMap((api) => [
        `${under}$aws:s3/bucketObjectv2:BucketObjectv2::api-health-${api}-script`,
        `${under}$aws:iam/role:Role::api-health-${api}-role`,
        `${under}$aws:iam/rolePolicy:RolePolicy::api-health-${api}-role-policy`,
        `${under}$aws:synthetics/canary:Canary::api-health-${api}`,
      ]);
      expect(urnsOf(recording)).to.have.members([
        `${under}::api-health`,
        ...canaryUrns,
        ...alarmUrns,
      ]);
      const { named, outputs } = recording;
      expect(named("api-health-behavior").inputs).to.deep.include({
        name: "shop-api-health-behavior",
        runtimeVersion: "syn-nodejs-5.4",
        handler: "script.handler",
        schedule: { expression: "rate(5 minutes)" },
        artifactS3Location: "s3://shop-reports/canary/shop-api-health-behavior",
        runConfig: {
          timeoutInSeconds: 60,
          environmentVariables: { APIS: JSON.stringify({ api: apis.behavior }) },
        },
        startCanary: true,
        deleteLambda: true,
      });
      expect(named("api-health-behavior-work-path").inputs).to.deep.include({
        name: "shop-api-health-behavior-work-path",
        namespace: "CloudWatchSynthetics",
        metricName: "SuccessPercent",
        dimensions: { CanaryName: "shop-api-health-behavior", StepName: "work-path" },
        threshold: 100,
        treatMissingData: "breaching",
      });
      expect(outputs.output).to.deep.equal({});
    });

    it("may write its reports, its metrics and its log, and nothing else", async () => {
      const { named } = await build({}, {});
      const { Statement } = JSON.parse(
        named("api-health-behavior-role-policy").inputs.policy as string,
      ) as { Statement: { Action: string[]; Resource: unknown; Condition?: unknown }[] };
      const logs =
        "arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/lambda/cwsyn-shop-api-health-behavior-*";
      expect(Statement.map(({ Action, Resource }) => [Action.join(" "), Resource])).to.deep.equal([
        ["s3:PutObject", "arn:aws:s3:::shop-reports/canary/shop-api-health-behavior/*"],
        ["s3:GetBucketLocation", "arn:aws:s3:::shop-reports"],
        ["s3:ListAllMyBuckets", "*"],
        ["cloudwatch:PutMetricData", "*"],
        ["logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents", [logs, `${logs}:*`]],
      ]);
      expect(Statement[3]?.Condition).to.deep.equal({
        StringEquals: { "cloudwatch:namespace": "CloudWatchSynthetics" },
      });
    });
  });

  it("names every fault of its arguments at once", async () => {
    const error = await build(
      {
        functionName: "Shop",
        apis: { A: { ...apis.behavior, health: { ...apis.behavior.health, timeoutSeconds: 90 } } },
      },
      { runtimeVersion: "syn-nodejs-puppeteer-15.0", retentionDays: 0 },
    ).catch((reason: unknown) => (reason as Error).message);
    expect(error)
      .to.be.a("string")
      .that.includes('Invalid ApiHealthProbe "api-health":')
      .and.includes('the key of apis.A is "A"')
      .and.includes("apis.A.health.timeoutSeconds is 90; a probe may take at most 25 seconds")
      .and.includes(`the canary's name would be "Shop-A"`)
      .and.includes('canary.runtimeVersion is "syn-nodejs-puppeteer-15.0"')
      .and.includes("canary.retentionDays is 0; Synthetics allows whole days from 1 to 455");
  });
});
