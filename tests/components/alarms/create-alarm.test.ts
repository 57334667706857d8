import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { createAlarm } from "../../../components/alarms/create-alarm";
import { queueAlarms } from "../../../components/queue/queue-alarms";
import { queueThresholds } from "../../../components/queue/queue-thresholds";
import { recordProgram } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

const spec = (key: string) => {
  const queue = {
    queueName: "orders",
    deadLetterQueueName: "orders-dlq",
    visibilityTimeoutSeconds: 300,
  };
  const found = queueAlarms(queue, queueThresholds({ jobTimeoutSeconds: 60 })).find(
    (candidate) => candidate.key === key,
  );
  if (found === undefined) throw new Error(`There is no alarm "${key}".`);
  return found;
};

const build = (spec: Parameters<typeof createAlarm>[1]) =>
  recordProgram(() => {
    const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
    return createAlarm("alarm", spec, { subject: "orders", deployment, alerting }, parent).deployed;
  });

describe("createAlarm", () => {
  it("notifies the topic of its severity of start and end, with meaning, owner and runbook", async () => {
    const { named, outputs } = await build(spec("oldest-message-age"));
    expect(named("alarm").inputs).to.deep.equal({
      name: "orders-oldest-message-age",
      alarmDescription:
        "Messages wait too long: consumers are stuck, or there are too few.\n" +
        "Severity: warning\nOwner: Orders team\n" +
        "Runbook: https://docs.example.com/runbooks/oldest-message-age.md",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 600,
      namespace: "AWS/SQS",
      metricName: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: "orders" },
      period: 60,
      statistic: "Maximum",
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: "notBreaching",
      alarmActions: [alerting.topics.warning],
      okActions: [alerting.topics.warning],
      tags: {
        Project: "shop",
        Environment: "dev",
        ManagedBy: "pulumi",
        Severity: "warning",
        Owner: "Orders team",
        Runbook: "https://docs.example.com/runbooks/oldest-message-age.md",
      },
    });
    expect(outputs).to.deep.include({ name: "orders-oldest-message-age", severity: "warning" });
  });

  it("writes metric math as queries and returns only the expression", async () => {
    const { named } = await build(spec("stalled"));
    const { inputs } = named("alarm");
    expect(inputs).to.not.have.any.keys("metricName", "namespace", "period", "statistic");
    const queries = inputs.metricQueries as { id: string; returnData: boolean }[];
    expect(queries.map(({ id, returnData }) => [id, returnData])).to.deep.equal([
      ["result", true],
      ["age", false],
      ["deleted", false],
    ]);
  });
});
