/** A message from an alert topic, parsed. */
export type Notice = AlarmNotice | { kind: "text"; subject: string; text: string };

export interface AlarmNotice {
  kind: "alarm";
  name: string;
  state: "ALARM" | "OK";
  previousState: string;
  /** The first lines of the alarm's description: what the alarm means. */
  meaning: string;
  severity: string | undefined;
  owner: string | undefined;
  runbookUrl: string | undefined;
  /** "AWS/SQS ApproximateNumberOfMessagesVisible" */
  measure: string;
  /** "QueueName=file-processing-dlq-dev" */
  where: string[];
  region: string;
  accountId: string;
  /** The newest value, if there was data. */
  value: number | undefined;
  comparison: string;
  threshold: number | undefined;
  since: Date | undefined;
  reason: string;
}

interface Trigger {
  Namespace?: string;
  MetricName?: string;
  /** AWS writes lower-case keys here. Other senders use the capitals of the API. */
  Dimensions?: { name?: string; value?: string; Name?: string; Value?: string }[];
  ComparisonOperator?: string;
  Threshold?: number;
  Metrics?: { Id: string; Expression?: string; Label?: string; ReturnData?: boolean }[];
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
  Trigger?: Trigger;
}

const isAlarmMessage = (message: unknown): message is AlarmMessage =>
  typeof message === "object" &&
  message !== null &&
  "AlarmName" in message &&
  typeof message.AlarmName === "string" &&
  "NewStateValue" in message;

/** CloudWatch's reason contains the datapoints, newest first: "… [58.0 (21/11/26 10:00:00)] was greater …". */
const newestValue = (reason: string): number | undefined => {
  const [, digits] = /\[(-?\d+(?:\.\d+)?(?:E-?\d+)?)/i.exec(reason) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

/** A description as this project writes it: meaning, then "Severity: …", "Owner: …", "Runbook: …". */
function readDescription(description: string) {
  const field = (name: string) =>
    new RegExp(`^${name}: *(.+)$`, "m").exec(description)?.[1]?.trim();
  return {
    meaning: description.replace(/^(Severity|Owner|Runbook): .*$/gm, "").trim(),
    severity: field("Severity"),
    owner: field("Owner"),
    runbookUrl: field("Runbook"),
  };
}

function readMeasure(trigger: Trigger): string {
  if (trigger.MetricName !== undefined && trigger.MetricName !== "") {
    return [trigger.Namespace, trigger.MetricName].filter(Boolean).join(" ");
  }
  const result = trigger.Metrics?.find(({ ReturnData }) => ReturnData === true);
  return result?.Label ?? result?.Expression ?? "";
}

const readTime = (text: string | undefined): Date | undefined => {
  const time = new Date(text ?? "");
  return Number.isNaN(time.getTime()) ? undefined : time;
};

export function readNotice(subject: string | undefined, body: string): Notice {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    message = undefined;
  }
  if (!isAlarmMessage(message)) return { kind: "text", subject: subject ?? "", text: body };
  const [, , , region = message.Region ?? "", accountId = ""] = (message.AlarmArn ?? "").split(":");
  const trigger = message.Trigger ?? {};
  const reason = message.NewStateReason ?? "";
  return {
    kind: "alarm",
    name: message.AlarmName,
    state: message.NewStateValue === "OK" ? "OK" : "ALARM",
    previousState: message.OldStateValue ?? "",
    ...readDescription(message.AlarmDescription ?? ""),
    measure: readMeasure(trigger),
    where: (trigger.Dimensions ?? []).map(
      ({ name, value, Name, Value }) => `${name ?? Name ?? "?"}=${value ?? Value ?? "?"}`,
    ),
    region,
    accountId: message.AWSAccountId ?? accountId,
    value: newestValue(reason),
    comparison: trigger.ComparisonOperator ?? "",
    threshold: trigger.Threshold,
    since: readTime(message.StateChangeTime),
    reason,
  };
}
