import {
  paginateDescribeAlarms,
  paginateGetMetricData,
  type CloudWatchClient,
  type CompositeAlarm,
  type DescribeAlarmsCommandInput,
  type MetricAlarm,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import type { Severity } from "../../alarms/alarm-spec";
import { alarmFacts, newestValue, type AlarmNotice, type Measured } from "./notice";

/** How alarms are now, whatever notices came. */
export interface Alarms {
  /** The alarms of the hub's topics that are on. */
  on(): Promise<AlarmNotice[]>;
  /** Alarms by name. Those that do not exist are missing. */
  named(names: readonly string[]): Promise<AlarmNotice[]>;
  /** Current values by alarm. Those without one are missing. */
  values(names: readonly string[]): Promise<Map<string, number>>;
}

export interface Topics {
  /** ARNs of the topics that call the notifier. */
  alarms: Record<Severity, string>;
  /** ARNs of the topics that send e-mails. */
  alerts: Record<Severity, string>;
}

/** Names in one request. Source: DescribeAlarms. */
const mostNames = 100;

/** Longer periods are a sliding window for an alarm, but not for GetMetricData. Seconds. */
const longestPeriod = 300;

export class CloudWatchAlarms implements Alarms {
  constructor(
    private readonly client: CloudWatchClient,
    private readonly topics: Topics,
    private readonly now: () => number = Date.now,
  ) {}

  async on(): Promise<AlarmNotice[]> {
    const alarms = await this.describe({ StateValue: "ALARM" });
    return alarms.flatMap((alarm) => {
      const actions = alarm.AlarmActions ?? [];
      const severity = severities.find((one) =>
        [this.topics.alarms[one], this.topics.alerts[one]].some((arn) => actions.includes(arn)),
      );
      const isOurs = severity !== undefined && alarm.ActionsEnabled !== false;
      return isOurs ? [this.notice(alarm, severity)] : [];
    });
  }

  async named(names: readonly string[]): Promise<AlarmNotice[]> {
    return (await this.byName(names)).map((alarm) => this.notice(alarm, "warning"));
  }

  async values(names: readonly string[]): Promise<Map<string, number>> {
    const found = await this.byName(names);
    const values = await Promise.all(
      found.map(async (alarm) => [alarm.AlarmName ?? "", await this.valueOf(alarm)] as const),
    );
    return new Map(values.filter((entry): entry is [string, number] => entry[1] !== undefined));
  }

  private async valueOf(alarm: MetricAlarm): Promise<number | undefined> {
    const queries = queriesOf(alarm);
    const periods = queries.map(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? 60);
    const period = Math.max(...periods);
    if (queries.length === 0 || period > longestPeriod) return undefined;
    const input = {
      MetricDataQueries: queries,
      // The newest period may have no data yet.
      StartTime: new Date(this.now() - 3 * period * 1000 - 60_000),
      EndTime: new Date(this.now()),
      ScanBy: "TimestampDescending",
    } as const;
    for await (const { MetricDataResults = [] } of paginateGetMetricData(
      { client: this.client },
      input,
    )) {
      const value = MetricDataResults.find(({ Values = [] }) => Values.length > 0)?.Values?.[0];
      if (value !== undefined) return value;
    }
    return undefined;
  }

  private async byName(names: readonly string[]): Promise<(MetricAlarm | CompositeAlarm)[]> {
    const parts = Array.from({ length: Math.ceil(names.length / mostNames) }, (_, part) =>
      names.slice(part * mostNames, (part + 1) * mostNames),
    );
    const found = await Promise.all(parts.map((part) => this.describe({ AlarmNames: [...part] })));
    return found.flat();
  }

  private async describe(
    input: DescribeAlarmsCommandInput,
  ): Promise<(MetricAlarm | CompositeAlarm)[]> {
    const found: (MetricAlarm | CompositeAlarm)[] = [];
    const all = { ...input, AlarmTypes: ["MetricAlarm" as const, "CompositeAlarm" as const] };
    for await (const page of paginateDescribeAlarms({ client: this.client }, all)) {
      found.push(...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []));
    }
    return found;
  }

  private notice(alarm: MetricAlarm | CompositeAlarm, severity: Severity): AlarmNotice {
    const name = alarm.AlarmName ?? "";
    const [, , , region = "", accountId = ""] = (alarm.AlarmArn ?? "").split(":");
    const reason = alarm.StateReason ?? "";
    const changed = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
    const actions = alarm.AlarmActions ?? [];
    return {
      kind: "alarm",
      name,
      facts: alarmFacts(
        { name, severity, description: alarm.AlarmDescription ?? "", reason, region, accountId },
        alarm as Measured,
      ),
      state: alarm.StateValue === "ALARM" ? "ALARM" : "OK",
      previousState: undefined,
      value: newestValue(reason),
      since: changed?.getTime() ?? 0,
      direct: severities.some((one) => actions.includes(this.topics.alerts[one])),
    };
  }
}

const severities: Severity[] = ["critical", "warning"];

/** The queries whose only result is the value that the alarm compares. */
function queriesOf(alarm: MetricAlarm): MetricDataQuery[] {
  const { Metrics = [], MetricName, Namespace, Dimensions, Period } = alarm;
  if (Metrics.length > 0) return Metrics;
  const Stat = alarm.ExtendedStatistic ?? alarm.Statistic;
  if (MetricName === undefined || MetricName === "") return [];
  return [
    { Id: "value", MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat } },
  ];
}
