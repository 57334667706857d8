import type { Severity } from "../../alarms/alarm-spec";
import type { AlarmFacts } from "./board";
import { commandFor } from "./command";

/** A message from an alarm topic, parsed. */
export type Notice = AlarmNotice | { kind: "text"; subject: string; text: string };

/** A change of an alarm's state. */
export interface AlarmNotice {
  kind: "alarm";
  name: string;
  facts: AlarmFacts;
  state: "ALARM" | "OK";
  previousState: string | undefined;
  /** The newest value, if there was data. */
  value: number | undefined;
  /** When the state changed. Milliseconds since 1970. */
  since: number;
  /** Whether the alarm also sends e-mails itself. */
  direct: boolean;
}

/** A dimension. AWS writes lower-case keys in messages and capitals in the API. */
interface Dimension {
  name?: string;
  value?: string;
  Name?: string;
  Value?: string;
}

/** What an alarm measures, as in a message and as in the API. */
export interface Measured {
  Namespace?: string;
  MetricName?: string;
  Dimensions?: Dimension[];
  ComparisonOperator?: string;
  Threshold?: number;
  Metrics?: {
    Id?: string;
    Expression?: string;
    Label?: string;
    ReturnData?: boolean;
    MetricStat?: { Metric?: { Dimensions?: Dimension[] } };
  }[];
}

interface AlarmMessage {
  AlarmName: string;
  AlarmArn?: string;
  AlarmDescription?: string | null;
  AWSAccountId?: string;
  /** AWS writes the region's display name here ("Asia Pacific (Tokyo)"). */
  Region?: string;
  NewStateValue: string;
  OldStateValue?: string;
  NewStateReason?: string;
  StateChangeTime?: string;
  Trigger?: Measured;
}

const isAlarmMessage = (message: unknown): message is AlarmMessage =>
  typeof message === "object" &&
  message !== null &&
  "AlarmName" in message &&
  typeof message.AlarmName === "string" &&
  "NewStateValue" in message;

/** CloudWatch's reason contains the datapoints, newest first: "… [58.0 (21/11/26 10:00:00)] was greater …". */
export const newestValue = (reason: string): number | undefined => {
  const [, digits] = /\[(-?\d+(?:\.\d+)?(?:E-?\d+)?)/i.exec(reason) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

/** A description as `alarmDescription` writes it: meaning, then "Severity: …", "Owner: …" and so on. */
function readDescription(description: string): Partial<AlarmFacts> & { meaning: string } {
  const field = (name: string) =>
    new RegExp(`^${name}: *(.+)$`, "m").exec(description)?.[1]?.trim();
  const severity = field("Severity");
  return {
    meaning: description.replace(/^(Severity|Owner|Runbook|Command): .*$/gm, "").trim(),
    severity: severity === "warning" || severity === "critical" ? severity : undefined,
    owner: field("Owner"),
    runbookUrl: field("Runbook"),
    command: field("Command"),
  };
}

function readMeasure(measured: Measured): string {
  if (measured.MetricName !== undefined && measured.MetricName !== "") {
    return [measured.Namespace, measured.MetricName].filter(Boolean).join(" ");
  }
  const result = measured.Metrics?.find(({ ReturnData }) => ReturnData === true);
  return result?.Label ?? result?.Expression ?? "";
}

/** The dimensions of the metric, or of the first one of an expression. */
function readDimensions({ Dimensions = [], Metrics = [] }: Measured): [string, string][] {
  const ofExpression = Metrics.find(({ MetricStat }) => MetricStat !== undefined);
  const dimensions =
    Dimensions.length > 0 ? Dimensions : (ofExpression?.MetricStat?.Metric?.Dimensions ?? []);
  return dimensions.map(({ name, value, Name, Value }) => [
    name ?? Name ?? "?",
    value ?? Value ?? "?",
  ]);
}

export interface AlarmIdentity {
  name: string;
  /** Of the topic, if the description has none. */
  severity: Severity;
  description: string;
  reason: string;
  region: string;
  accountId: string;
}

export function alarmFacts(identity: AlarmIdentity, measured: Measured): AlarmFacts {
  const { name, reason, region, accountId } = identity;
  const { meaning, severity, command, ...described } = readDescription(identity.description);
  const dimensions = readDimensions(measured);
  return {
    ...described,
    name,
    severity: severity ?? identity.severity,
    meaning: meaning === "" ? reason : meaning,
    command: command ?? commandFor({ name, dimensions, region, accountId }),
    measure: readMeasure(measured),
    where: dimensions.map(([dimension, value]) => `${dimension}=${value}`),
    region,
    accountId,
    comparison: measured.ComparisonOperator ?? "",
    threshold: measured.Threshold,
  };
}

/** Reads what SNS delivers. `severity`: of the topic. `now`: if the message has no time. */
export function readNotice(
  { subject, body }: { subject: string | undefined; body: string },
  severity: Severity,
  now: number,
): Notice {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    message = undefined;
  }
  if (!isAlarmMessage(message)) return { kind: "text", subject: subject ?? "", text: body };
  const [, , , region = message.Region ?? "", accountId = ""] = (message.AlarmArn ?? "").split(":");
  const reason = message.NewStateReason ?? "";
  const since = Date.parse(message.StateChangeTime ?? "");
  return {
    kind: "alarm",
    name: message.AlarmName,
    facts: alarmFacts(
      {
        name: message.AlarmName,
        severity,
        description: message.AlarmDescription ?? "",
        reason,
        region,
        accountId: message.AWSAccountId ?? accountId,
      },
      message.Trigger ?? {},
    ),
    state: message.NewStateValue === "ALARM" ? "ALARM" : "OK",
    previousState: message.OldStateValue,
    value: newestValue(reason),
    since: Number.isNaN(since) ? now : since,
    direct: false,
  };
}
