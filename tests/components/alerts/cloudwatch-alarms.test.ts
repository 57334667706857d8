import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { expect } from "chai";
import { CloudWatchAlarms } from "../../../components/alerts/notifier/alarms";
import { embeddedCloud } from "../../support/cloud";
import { topics } from "./notifier-stage";

describe("alarms of CloudWatch", () => {
  let cloudWatch: CloudWatch;
  let alarms: CloudWatchAlarms;
  before(async () => {
    cloudWatch = new CloudWatch((await embeddedCloud()).account().clientConfig());
    alarms = new CloudWatchAlarms(cloudWatch, topics);
  });
  after(() => cloudWatch.destroy());

  const metric = {
    Namespace: "Shop",
    MetricName: "Letters",
    Dimensions: [{ Name: "QueueName", Value: "q" }],
  };
  const create = async (
    AlarmName: string,
    AlarmActions: string[],
    StateValue: "ALARM" | "OK" = "ALARM",
    over = {},
  ) => {
    await cloudWatch.putMetricAlarm({
      AlarmName,
      AlarmDescription: "Failed.\nSeverity: warning",
      ...metric,
      Statistic: "Maximum",
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 50,
      AlarmActions,
      ...over,
    });
    const StateReason = "Threshold Crossed: 1 datapoint [58.0 (…)] was greater …";
    await cloudWatch.setAlarmState({ AlarmName, StateValue, StateReason });
  };

  it("are those that are on and notify the hub, and tell whether they send e-mails themselves", async () => {
    await create("on", [topics.alarms.warning]);
    await create("direct", [topics.alerts.critical]);
    await create("off", [topics.alarms.warning], "OK");
    await create("another", ["arn:aws:sns:ap-northeast-1:123456789012:another"]);
    await create("silenced", [topics.alarms.warning], "ALARM", { ActionsEnabled: false });
    const found = await alarms.on();
    expect(found.map(({ name, direct }) => [name, direct])).to.have.deep.members([
      ["on", false],
      ["direct", true],
    ]);
    const on = found.find(({ name }) => name === "on");
    expect(on).to.deep.include({ state: "ALARM", value: 58 });
    expect(on?.facts).to.deep.include({
      severity: "warning",
      meaning: "Failed.",
      measure: "Shop Letters",
      where: ["QueueName=q"],
      comparison: "GreaterThanThreshold",
      threshold: 50,
    });
    expect(Math.abs(Date.now() - (on?.since ?? 0))).to.be.below(60_000);
  });

  it("are found by name, whatever their state, unless they do not exist", async () => {
    await create("known", [topics.alarms.warning], "OK");
    const found = await alarms.named(["known", "gone"]);
    expect(found.map(({ name, state }) => [name, state])).to.deep.equal([["known", "OK"]]);
    expect(await alarms.named([])).to.deep.equal([]);
  });

  it("have the current value of their metric; not those over longer periods, which are other windows", async () => {
    await create("minute", [topics.alarms.warning]);
    await create("hour", [topics.alarms.warning], "ALARM", { Period: 3600 });
    const { MetricName, Dimensions } = metric;
    const MetricData = [
      { MetricName, Dimensions, Value: 7, Timestamp: new Date(Date.now() - 30_000) },
    ];
    await cloudWatch.putMetricData({ Namespace: "Shop", MetricData: MetricData });
    expect([...(await alarms.values(["minute", "hour"]))]).to.deep.equal([["minute", 7]]);
  });
});
