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
        { statistic: null, extendedStatistic: "p99" },
        { evaluationPeriods: 3, datapointsToAlarm: 2, period: 300 },
        { okActions: null },
        { tags: { Severity: "warning", Owner: "files" } },
      ],
      replacements: [{ name: "other" }],
      drifts: [
        {
          what: "the threshold",
          by: ({ cloudWatch }, AlarmName) =>
            cloudWatch.putMetricAlarm({
              AlarmName,
              Namespace: "AWS/SQS",
              MetricName: "ApproximateNumberOfMessagesVisible",
              Statistic: "Maximum",
              Period: 300,
              EvaluationPeriods: 3,
              ComparisonOperator: "GreaterThanThreshold",
              Threshold: 5000,
            }),
          shows: ["threshold", "dimensions.QueueName", "alarmActions[0]"],
        },
        {
          what: "actions are switched off",
          by: ({ cloudWatch }, id) => cloudWatch.disableAlarmActions({ AlarmNames: [id] }),
          shows: ["actionsEnabled"],
        },
      ],
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
        ],
        drifts: [
          {
            what: "the expression",
            by: ({ cloudWatch }, AlarmName) =>
              cloudWatch.putMetricAlarm({
                AlarmName,
                ComparisonOperator: "GreaterThanThreshold",
                EvaluationPeriods: 1,
                Threshold: 5,
                Metrics: [{ Id: "rate", Expression: "0", ReturnData: true }],
              }),
            shows: ["metricQueries[0].expression"],
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
      drifts: [
        {
          what: "the rule",
          by: ({ cloudWatch }, AlarmName) =>
            cloudWatch.putCompositeAlarm({ AlarmName, AlarmRule: "ALARM(two)" }),
          shows: ["alarmRule"],
        },
      ],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:cloudwatch/dashboard:Dashboard",
      inputs: { dashboardName: "files", dashboardBody: widget("Files") },
      updates: [{ dashboardBody: widget("Uploads") }],
      replacements: [{ dashboardName: "other" }],
      drifts: [
        {
          what: "the body",
          by: ({ cloudWatch }, id) =>
            cloudWatch.putDashboard({ DashboardName: id, DashboardBody: widget("By hand") }),
          shows: ["dashboardBody"],
        },
      ],
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
      drifts: [
        {
          what: "the retention",
          by: ({ logs }, logGroupName) =>
            logs.putRetentionPolicy({ logGroupName, retentionInDays: 365 }),
          shows: ["retentionInDays"],
        },
      ],
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
      drifts: [
        {
          what: "the pattern",
          by: ({ logs }, filterName) =>
            logs.putMetricFilter({
              filterName,
              logGroupName: "/files/filtered",
              filterPattern: "WARN",
              metricTransformations: [
                { metricName: "Errors", metricNamespace: "Files", metricValue: "1" },
              ],
            }),
          shows: ["pattern"],
        },
      ],
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
      drifts: [
        {
          what: "the value",
          by: ({ ssm }, Name) =>
            ssm.putParameter({ Name, Value: "99", Type: "String", Overwrite: true }),
          shows: ["insecureValue"],
        },
      ],
      // A read cannot tell a value from an insecure one.
      importedAs: { insecureValue: null, value: "20" },
    },
    () => under,
  );
});
