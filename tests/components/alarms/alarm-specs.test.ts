import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { AlarmSpec } from "../../../components/alarms/alarm-spec";
import { fleetAlarms } from "../../../components/fleet/fleet-alarms";
import { fleetThresholds } from "../../../components/fleet/fleet-thresholds";
import { queueAlarms } from "../../../components/queue/queue-alarms";
import {
  queueThresholds,
  type QueueThresholdChanges,
} from "../../../components/queue/queue-thresholds";
import { evaluateAlarm } from "../../../local/alarms/evaluate";
import { evaluateExpression } from "../../../local/alarms/expression";
import type { Series } from "../../../local/alarms/metric-math";

const queueOf = (changes: QueueThresholdChanges = {}, jobTimeoutSeconds = 840) =>
  queueAlarms(
    { queueName: "q", deadLetterQueueName: "q-dlq", visibilityTimeoutSeconds: 900 },
    queueThresholds({ jobTimeoutSeconds }, changes),
  );
const fleetOf = (minimumMachines: number, minutesOfMoreMachines = 0) =>
  fleetAlarms(
    {
      autoScalingGroupName: "asg",
      queueName: "q",
      metricsNamespace: "Shop/Worker",
      minimumMachines,
      minutesOfMoreMachines,
    },
    fleetThresholds(),
  );
const all = [...queueOf(), ...fleetOf(1)];

const spec = (key: string): AlarmSpec => {
  const found = all.find((candidate) => candidate.key === key);
  if (found === undefined) throw new Error(`There is no alarm "${key}".`);
  return found;
};

describe("alarm specs", () => {
  it("have the thresholds of the requirements by default", () => {
    const thresholds = Object.fromEntries(all.map(({ key, threshold }) => [key, threshold]));
    expect(thresholds).to.include.keys("queue-depth-warning");
    expect(thresholds).to.deep.include({ "queue-depth-warning": { atLeast: 1000 } });
    expect(thresholds).to.deep.include({ "queue-depth-critical": { above: 10_000 } });
    expect(thresholds).to.deep.include({ "dlq-depth-warning": { atLeast: 1 } });
    expect(thresholds).to.deep.include({ "dlq-depth-critical": { above: 50 } });
    expect(thresholds).to.deep.include({ "machines-warning": { atLeast: 2 } });
    expect(thresholds).to.deep.include({ "machines-critical": { atLeast: 3 } });
    expect(thresholds).to.deep.include({ "error-logs-warning": { atLeast: 1 } });
    expect(thresholds).to.deep.include({ "error-logs-critical": { above: 5 } });
    expect(thresholds).to.deep.include({ "message-delete-failed": { atLeast: 1 } });
    expect(thresholds).to.deep.include({ "in-flight": { atLeast: 96_000 } });
    expect(thresholds).to.deep.include({ "oldest-message-age": { above: 1800 } });
  });

  it("let the critical alarm of a measure fire before its warning", () => {
    for (const measure of ["queue-depth", "dlq-depth", "machines"]) {
      const [warning, critical] = [spec(`${measure}-warning`), spec(`${measure}-critical`)];
      expect(warning.datapoints.breaching, measure).to.be.above(critical.datapoints.breaching);
    }
  });

  it("count dead letters by their maximum in a minute, and return to OK without data", () => {
    const critical = spec("dlq-depth-critical");
    expect(critical).to.deep.include({
      metric: {
        namespace: "AWS/SQS",
        name: "ApproximateNumberOfMessagesVisible",
        statistic: "Maximum",
        dimensions: { QueueName: "q-dlq" },
      },
      datapoints: { breaching: 1, of: 1, periodSeconds: 60 },
      missingData: "notBreaching",
    });
  });

  it("report a stalled queue only when messages are old and none was deleted for 30 minutes", () => {
    const { datapoints, ...stalled } = spec("stalled");
    expect(stalled).to.have.property("expression", "IF(age > 1800 AND FILL(deleted, 0) < 1, 1, 0)");
    expect(datapoints.breaching * datapoints.periodSeconds).to.equal(1800);
  });

  describe("worker-silent, minute by minute after the group was created", () => {
    const minutes = 17;
    const state = (machines: Series, reports: Series) => {
      const { expression, datapoints, missingData } = spec("worker-silent") as AlarmSpec & {
        expression: string;
      };
      const series = new Map([
        ["machines", machines],
        ["reports", reports],
      ]);
      const scope = { series, metricIds: [...series.keys()], periodSeconds: 60, length: minutes };
      const rule = {
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        evaluationPeriods: datapoints.of,
        datapointsToAlarm: datapoints.breaching,
        treatMissingData: missingData,
      } as const;
      return evaluateAlarm(rule, evaluateExpression(expression, scope)).state;
    };
    const last = (count: number, value: number): Series => [
      ...Array<undefined>(minutes - count).fill(undefined),
      ...Array<number>(count).fill(value),
    ];
    const none = last(0, 0);

    it("is OK before the group exists, and during the first 15 minutes of a new group", () => {
      expect(state(none, none)).to.equal("OK");
      expect(state(last(14, 1), none)).to.equal("OK");
    });

    it("fires when no worker of the group has ever reported", () => {
      expect(state(last(15, 1), none)).to.equal("ALARM");
    });

    it("fires when reports stop, and when the group was emptied by hand", () => {
      const stopped = [4, 4, ...last(0, 0).slice(2)];
      expect(state(last(17, 1), stopped)).to.equal("ALARM");
      expect(state(last(17, 0), stopped)).to.equal("ALARM");
    });

    it("is OK with one report within 15 minutes", () => {
      expect(state(last(17, 1), last(1, 4))).to.equal("OK");
    });

    it("fires when one of ten machines does not report, and not because of one report less", () => {
      expect(state(last(17, 10), last(17, 36))).to.equal("ALARM");
      expect(state(last(17, 10), last(17, 39))).to.equal("OK");
    });
  });

  it("include worker-silent only if the fleet always has a machine", () => {
    expect(fleetOf(0).map(({ key }) => key)).to.not.include("worker-silent");
  });

  it("set the age of the oldest message to two job timeouts with a minute before each, at least 10 minutes", () => {
    const age = (jobTimeoutSeconds: number) =>
      queueOf({}, jobTimeoutSeconds).find(({ key }) => key === "oldest-message-age")?.threshold;
    expect([60, 900, 3500].map(age)).to.deep.equal([
      { above: 600 },
      { above: 1920 },
      { above: 7120 },
    ]);
  });

  it("keep a level that is not overridden, and have no alarm for a level that is off", () => {
    const levels = (changes: QueueThresholdChanges) =>
      Object.fromEntries(
        queueOf(changes)
          .filter(({ runbook }) => runbook === "dlq-depth")
          .map(({ key, threshold }) => [key, threshold]),
      );
    expect(levels({ deadLetters: { critical: 20 } })).to.deep.equal({
      "dlq-depth-warning": { atLeast: 1 },
      "dlq-depth-critical": { above: 20 },
    });
    expect(levels({ deadLetters: { warning: "off", critical: 10 } })).to.deep.equal({
      "dlq-depth-critical": { above: 10 },
    });
  });

  it("each have a runbook, and a meaning in both languages", () => {
    for (const { key, runbook, meaning } of all) {
      const page = join(__dirname, "../../../docs/runbooks", `${runbook}.md`);
      expect(existsSync(page), `docs/runbooks/${runbook}.md of ${key}`).to.equal(true);
      expect(meaning.en, key).to.match(/\.$/);
      expect(meaning.ja, key).to.match(/[\u3040-\u30ff].*。$/u);
    }
  });

  it("have unique keys", () => {
    expect(new Set(all.map(({ key }) => key)).size).to.equal(all.length);
  });
});
