import {
  CloudWatchClient,
  type MetricAlarm,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { repeat, type Repetition } from "../process/repeat";
import { clientConfig, type Scope } from "../cloud/scope";
import { alarmQueries } from "./alarm-queries";
import { type AlarmRule, evaluateAlarm, extraPeriods, type MissingData } from "./evaluate";
import { lastPeriods, readMetrics } from "./metric-source";
import { stateReason, stateReasonData } from "./state-reason";

export interface AlarmEvaluatorOptions {
  scopes: () => Scope[];
  /** How much faster than a real clock periods pass: 30 makes a minute of an alarm two seconds.
   *  Only periods become shorter. Values do not change, also not ages. */
  speed?: number;
  log: (line: string) => void;
  lookEveryMs?: number;
  /** How long after the end of a period its last datapoints may arrive. */
  settleMs?: number;
}

/** Evaluates the metric alarms of the embedded cloud and sets their state there; the cloud then
 *  runs the actions and evaluates composite alarms. */
export class AlarmEvaluator {
  private readonly clients = new Map<string, CloudWatchClient>();
  /** The last evaluated period of each alarm. There is no new data before the next period ends. */
  private readonly done = new Map<string, string>();
  private readonly complained = new Set<string>();
  private readonly watch: Repetition;

  constructor(private readonly options: AlarmEvaluatorOptions) {
    this.watch = repeat(
      () => this.look(),
      options.lookEveryMs ?? 500,
      (error) => this.complain(`alarms: ${String(error)}`),
    );
  }

  async stop(): Promise<void> {
    await this.watch.stop();
    for (const client of this.clients.values()) client.destroy();
  }

  private async look(): Promise<void> {
    for (const scope of this.options.scopes()) {
      const client = this.client(scope);
      for await (const page of paginateDescribeAlarms(
        { client },
        { AlarmTypes: ["MetricAlarm"] },
      )) {
        for (const alarm of page.MetricAlarms ?? []) await this.evaluate(client, alarm);
      }
    }
  }

  private async evaluate(client: CloudWatchClient, alarm: MetricAlarm): Promise<void> {
    try {
      const queries = alarmQueries(alarm);
      const rule = alarmRule(alarm);
      // CloudWatch has no period below one second.
      const periodSeconds = Math.max(
        1,
        Math.round(queries.periodSeconds / (this.options.speed ?? 1)),
      );
      const nowMs = Date.now() - (this.options.settleMs ?? 1000);
      const grid = lastPeriods(nowMs, periodSeconds, rule.evaluationPeriods + extraPeriods);

      const key = alarm.AlarmArn ?? "";
      const moment = `${grid.from}/${alarm.AlarmConfigurationUpdatedTimestamp?.getTime()}`;
      if (this.done.get(key) === moment) return;

      const series = await readMetrics(client, queries.metrics, grid);
      const verdict = evaluateAlarm(rule, queries.combine(series, grid.length));
      const before = alarm.StateValue ?? "INSUFFICIENT_DATA";
      if (verdict.state !== undefined && verdict.state !== before) {
        const reason = stateReason(rule, verdict, before);
        await client.send(
          new SetAlarmStateCommand({
            AlarmName: alarm.AlarmName,
            StateValue: verdict.state,
            StateReason: reason,
            StateReasonData: stateReasonData(alarm, verdict, grid, nowMs),
          }),
        );
        this.options.log(`${alarm.AlarmName}: ${before} -> ${verdict.state}: ${reason}`);
      }
      this.done.set(key, moment);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.complain(`${alarm.AlarmName} cannot be evaluated: ${message}`);
    }
  }

  private client(scope: Scope): CloudWatchClient {
    const key = `${scope.accountId}/${scope.region}`;
    const client = this.clients.get(key) ?? new CloudWatchClient(clientConfig(scope));
    this.clients.set(key, client);
    return client;
  }

  private complain(fault: string): void {
    if (this.complained.has(fault)) return;
    this.complained.add(fault);
    this.options.log(fault);
  }
}

function alarmRule(alarm: MetricAlarm): AlarmRule {
  const { ComparisonOperator, Threshold, EvaluationPeriods } = alarm;
  if (
    ComparisonOperator === undefined ||
    Threshold === undefined ||
    EvaluationPeriods === undefined
  ) {
    throw new Error("it has no comparison, threshold or evaluation periods");
  }
  return {
    comparisonOperator: ComparisonOperator,
    threshold: Threshold,
    evaluationPeriods: EvaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm,
    treatMissingData: (alarm.TreatMissingData ?? "missing") as MissingData,
  };
}
