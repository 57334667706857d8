import { itLives } from "./lifecycle";
import { region, startProvider, type ProviderUnderTest } from "./provider-under-test";

describe("provider: CloudWatch, logs and SSM", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const topic = `arn:aws:sns:${region}:123456789012:alerts`;
  const widget = (title: string) =>
    JSON.stringify({ widgets: [{ type: "text", width: 6, properties: { markdown: title } }] });

  itLives(
    {
      type: "aws:cloudwatch/metricAlarm:MetricAlarm",
      inputs: {
        name: "dlq-depth",
        alarmDescription: "Dead letters\nRunbook: https://example.com",
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: "files-dlq" },
        statistic: "Maximum",
        period: 60,
        evaluationPeriods: 1,
        datapointsToAlarm: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
        alarmActions: [topic],
        okActions: [topic],
        tags: { Severity: "critical" },
      },
      outputs: () => ({
        arn: `arn:aws:cloudwatch:${region}:${under.account.accountId}:alarm:dlq-depth`,
        actionsEnabled: true,
      }),
      updates: [
        { threshold: 50 },
        { dimensions: { QueueName: "other-dlq" } },
        {
          statistic: null,
          extendedStatistic: "p99",
          evaluateLowSampleCountPercentiles: "ignore",
        },
        { evaluationPeriods: 3, datapointsToAlarm: 2, period: 300 },
        { okActions: null },
        { tags: { Severity: "warning", Owner: "files" } },
      ],
      replacements: [{ name: "other" }],
    },
    () => under,
  );

  describe("with metric math", () => {
    const query = (id: string, metricName: string) => ({
      id,
      metric: {
        namespace: "Files",
        metricName,
        period: 60,
        stat: "Sum",
        dimensions: { Queue: "files" },
      },
      returnData: false,
    });
    itLives(
      {
        type: "aws:cloudwatch/metricAlarm:MetricAlarm",
        inputs: {
          name: "error-rate",
          comparisonOperator: "GreaterThanThreshold",
          evaluationPeriods: 1,
          threshold: 5,
          metricQueries: [
            { id: "rate", expression: "100 * failed / all", label: "Rate", returnData: true },
            query("failed", "Failed"),
            query("all", "All"),
          ],
        },
        updates: [
          {
            metricQueries: [
              { id: "rate", expression: "failed / all", label: "Rate", returnData: true },
              query("failed", "Failed"),
              query("all", "Everything"),
            ],
          },
          {
            metricQueries: [
              {
                id: "rate",
                expression: "IF(all + partial > 4, 100 * (failed + partial) / all, 0)",
                label: "Rate",
                returnData: true,
              },
              query("failed", "Failed"),
              query("all", "Everything"),
              query("partial", "PartialFailures"),
              {
                id: "slow",
                metric: { ...query("", "Seconds").metric, stat: "p99" },
                returnData: false,
              },
            ],
          },
        ],
      },
      () => under,
    );
  });

  itLives(
    {
      type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
      prepare: async () => {
        for (const AlarmName of ["one", "two"]) {
          await under.clients.cloudWatch.putMetricAlarm({
            AlarmName,
            Namespace: "Files",
            MetricName: AlarmName,
            Statistic: "Sum",
            Period: 60,
            EvaluationPeriods: 1,
            ComparisonOperator: "GreaterThanThreshold",
            Threshold: 1,
          });
        }
        return {};
      },
      inputs: {
        alarmName: "either",
        alarmRule: "ALARM(one) OR ALARM(two)",
        alarmActions: [topic],
        tags: { Severity: "critical" },
      },
      updates: [{ alarmRule: "ALARM(one)" }, { alarmDescription: "One" }],
      replacements: [{ alarmName: "neither" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:cloudwatch/dashboard:Dashboard",
      inputs: { dashboardName: "files", dashboardBody: widget("Files") },
      updates: [{ dashboardBody: widget("Uploads") }],
      replacements: [{ dashboardName: "other" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:cloudwatch/logGroup:LogGroup",
      inputs: { name: "/files/worker", retentionInDays: 30, tags: { Project: "files" } },
      outputs: () => ({
        arn: `arn:aws:logs:${region}:${under.account.accountId}:log-group:/files/worker`,
      }),
      updates: [{ retentionInDays: 7 }, { retentionInDays: 0 }, { tags: { Project: "other" } }],
      replacements: [{ name: "/files/other" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
      prepare: async () => {
        await under.clients.logs.createLogGroup({ logGroupName: "/files/filtered" });
        return {};
      },
      inputs: {
        name: "errors",
        logGroupName: "/files/filtered",
        pattern: '{ $.level = "error" }',
        metricTransformation: { name: "Errors", namespace: "Files", value: "1", unit: "Count" },
      },
      updates: [
        { pattern: "ERROR" },
        {
          metricTransformation: {
            name: "Errors",
            namespace: "Files",
            value: "1",
            defaultValue: "0",
            unit: "Count",
          },
        },
      ],
      replacements: [{ name: "others" }],
      importId: (id) => `/files/filtered:${id}`,
    },
    () => under,
  );

  itLives(
    {
      type: "aws:ssm/parameter:Parameter",
      inputs: {
        name: "/files/limit",
        type: "String",
        insecureValue: "10",
        description: "Limit",
        tags: { Project: "files" },
      },
      outputs: () => ({ version: 1 }),
      updates: [{ insecureValue: "20" }, { description: "The limit" }, { tags: null }],
      replacements: [{ name: "/files/other" }],
      // A read cannot tell a value from an insecure one.
      importedAs: { insecureValue: null, value: "20" },
    },
    () => under,
  );
});
