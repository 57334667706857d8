import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Alarms } from "../../../components/alerts/notifier/alarms";
import { emptyBoard } from "../../../components/alerts/notifier/board";
import { BoardTable, type BoardStore } from "../../../components/alerts/notifier/board-table";
import type { Channel } from "../../../components/alerts/notifier/channels/channel";
import { mail, type Mail } from "../../../components/alerts/notifier/channels/mail";
import { Secret } from "../../../components/alerts/notifier/channels/secret";
import { parseBotToken, slackBot } from "../../../components/alerts/notifier/channels/slack-bot";
import {
  parseWebhook,
  slackWebhook,
} from "../../../components/alerts/notifier/channels/slack-webhook";
import { readNotice, type AlarmNotice } from "../../../components/alerts/notifier/notice";
import { createNotifier, type NotifierParts } from "../../../components/alerts/notifier/notifier";
import type { Severity } from "../../../components/alarms/alarm-spec";
import {
  startSlackEndpoint,
  type SlackAnswer,
  type SlackEndpoint,
} from "../../../rehearsal/slack-endpoint";
import { embeddedCloud } from "../../support/cloud";

const arn = (topic: string) => `arn:aws:sns:ap-northeast-1:123456789012:shop-${topic}`;

export const topics = {
  alarms: { warning: arn("alarms-warning"), critical: arn("alarms-critical") },
  alerts: { warning: arn("alerts-warning"), critical: arn("alerts-critical") },
};

/** What CloudWatch publishes for an alarm. The severity is the end of its name, "critical" if it has none. */
export function alarmMessage(AlarmName: string, over: Record<string, unknown> = {}) {
  const severity = AlarmName.endsWith("-warning") ? "warning" : "critical";
  return {
    AlarmName,
    AlarmArn: `arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:${AlarmName}`,
    AlarmDescription:
      "Many messages failed permanently: something that they all need is <broken> & lost.\n" +
      `Severity: ${severity}\nOwner: Orders team\nRunbook: https://docs.example.com/runbooks/dlq-depth.md`,
    AWSAccountId: "123456789012",
    Region: "Asia Pacific (Tokyo)",
    NewStateValue: "ALARM",
    OldStateValue: "OK",
    NewStateReason:
      "Threshold Crossed: 1 datapoint [1234.0 (21/11/26 10:00:00)] was greater than the threshold (50.0).",
    StateChangeTime: "2026-11-21T10:01:30.000+0000",
    Trigger: {
      MetricName: "ApproximateNumberOfMessagesVisible",
      Namespace: "AWS/SQS",
      Dimensions: [{ name: "QueueName", value: "orders-dlq" }],
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 50,
    },
    ...over,
  };
}

export const snsEvent = (message: unknown, severity: Severity = "critical", Subject?: string) => ({
  Records: [
    {
      Sns: {
        MessageId: "m-1",
        TopicArn: topics.alarms[severity],
        Subject,
        Message: typeof message === "string" ? message : JSON.stringify(message),
      },
    },
  ],
});

/** Alarms as a test sets them. */
class StagedAlarms implements Alarms {
  readonly known = new Map<string, AlarmNotice>();
  readonly current = new Map<string, number>();

  on(): Promise<AlarmNotice[]> {
    return Promise.resolve([...this.known.values()].filter(({ state }) => state === "ALARM"));
  }

  named(names: readonly string[]): Promise<AlarmNotice[]> {
    return Promise.resolve(
      names.flatMap((name) => {
        const alarm = this.known.get(name);
        return alarm === undefined ? [] : [alarm];
      }),
    );
  }

  values(names: readonly string[]): Promise<Map<string, number>> {
    return Promise.resolve(new Map([...this.current].filter(([name]) => names.includes(name))));
  }
}

/** A board of one process, for what is not about several calls or a lost table. */
function boardInMemory(): BoardStore & { lose(): void } {
  let board = emptyBoard;
  return {
    lose: () => (board = emptyBoard),
    change: (change) => {
      const changed = change(board);
      board = changed.board;
      return Promise.resolve(changed.result);
    },
  };
}

/** A notifier with a Slack and e-mails that a test can read, and a clock that it moves. */
export class Stage {
  readonly alarms = new StagedAlarms();
  readonly mails: (Mail & { severity: Severity })[] = [];
  readonly log: Record<string, unknown>[] = [];
  readonly pauses: number[] = [];
  private readonly table = "shop-incidents";
  private readonly memory = boardInMemory();
  secretReads = 0;
  now = Date.parse("2026-11-21T10:00:00Z");

  private constructor(
    readonly slack: SlackEndpoint,
    /** Undefined: the board is in memory. */
    private readonly dynamo: DynamoDBClient | undefined,
    readonly channels: Channel[],
    private readonly scripted: SlackAnswer[],
  ) {}

  /** `table`: whether the board is in the embedded cloud's DynamoDB. */
  static async create({
    by = "bot",
    answers = [],
    attemptMs = 5000,
    table = false,
  }: {
    by?: "bot" | "webhook";
    answers?: SlackAnswer[];
    attemptMs?: number;
    table?: boolean;
  } = {}): Promise<Stage> {
    const slack = await startSlackEndpoint(answers);
    const channels: Channel[] = [];
    const stage = new Stage(slack, table ? await database() : undefined, channels, answers);
    await stage.dynamo?.send(
      new CreateTableCommand({
        TableName: stage.table,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      }),
    );
    const options = {
      timeoutMs: attemptMs,
      wait: (ms: number) => Promise.resolve(void stage.pauses.push(ms)),
      log: (entry: Record<string, unknown>) => void stage.log.push(entry),
    };
    const local = "http://127.0.0.1:4566";
    const secret = <T>(text: string, parse: (text: string, cloud: string) => T) =>
      new Secret(
        () => {
          stage.secretReads += 1;
          return Promise.resolve(text);
        },
        (read) => parse(read, local),
      );
    channels.push(
      by === "bot"
        ? slackBot(secret(slack.botToken, parseBotToken), { ...options, channel: "#alerts" })
        : slackWebhook(secret(slack.webhookUrl, parseWebhook), options),
      ...(["critical", "warning"] as const).map((severity) =>
        mail(severity, (sent) => Promise.resolve(stage.mails.push({ ...sent, severity }))),
      ),
    );
    return stage;
  }

  /** Each call of a function is another process. */
  notifier(over: Partial<NotifierParts> = {}) {
    return createNotifier({
      board: this.board(),
      alarms: this.alarms,
      channels: this.channels,
      topics,
      wording: { system: "shop dev", language: "en" },
      repeatAfterMinutes: 240,
      leaseMs: 150_000,
      now: () => this.now,
      log: (entry) => this.log.push(entry),
      ...over,
    });
  }

  board(): BoardStore {
    if (this.dynamo === undefined) return this.memory;
    return new BoardTable(this.dynamo, this.table, {
      log: (entry) => this.log.push(entry),
      wait: () => Promise.resolve(),
    });
  }

  /** An alarm goes on. Answers with its notice, which is sent by `deliver`. */
  fire(name: string, value?: number, over: Record<string, unknown> = {}) {
    return this.change(name, "ALARM", value, over);
  }

  /** An alarm ends. */
  end(name: string) {
    return this.change(name, "OK");
  }

  private change(
    name: string,
    state: "ALARM" | "OK",
    value?: number,
    over: Record<string, unknown> = {},
  ) {
    this.now += 1;
    const message = alarmMessage(name, {
      NewStateValue: state,
      OldStateValue: state === "OK" ? "ALARM" : "OK",
      StateChangeTime: new Date(this.now).toISOString(),
      ...(value === undefined
        ? {}
        : { NewStateReason: `Threshold Crossed: 1 datapoint [${value}.0 (…)] was …` }),
      ...over,
    });
    const notice = readNotice(
      { subject: undefined, body: JSON.stringify(message) },
      "critical",
      this.now,
    );
    if (notice.kind === "alarm") this.alarms.known.set(name, notice);
    if (value !== undefined) this.alarms.current.set(name, value);
    return snsEvent(message, name.endsWith("-warning") ? "warning" : "critical");
  }

  /** The notices of alarms that go on, one after the other. */
  async fired(...names: string[]): Promise<void> {
    for (const name of names) await this.notifier()(this.fire(name));
  }

  async ended(...names: string[]): Promise<void> {
    for (const name of names) await this.notifier()(this.end(name));
  }

  /** Minutes pass, each with its call of the schedule. */
  async minutes(count: number, over: Partial<NotifierParts> = {}): Promise<void> {
    for (let minute = 0; minute < count; minute += 1) {
      this.now += 60_000;
      await this.notifier(over)({ tick: true });
    }
  }

  /** The first lines of what the channel shows: not of answers that are only in a thread. */
  get shown(): string[] {
    const { posts, received } = this.slack;
    return (posts.length > 0 ? posts.filter(({ everybody }) => everybody) : received).map(
      firstLine,
    );
  }

  /** The first lines of the answers in threads. */
  get answers(): string[] {
    return this.slack.posts.filter(({ threadTs }) => threadTs !== undefined).map(firstLine);
  }

  async loseItem(): Promise<void> {
    const Key = { id: { S: "incidents" } };
    await this.dynamo?.send(new DeleteItemCommand({ TableName: this.table, Key }));
  }

  loseMemory(): void {
    this.memory.lose();
  }

  /** Slack refuses the next requests. */
  answers503(requests: number): void {
    this.scripted.length = 0;
    this.scripted.push(...Array.from({ length: requests }, () => ({ status: 503 })));
  }

  /** The item of a version whose board had another form. */
  async spoilItem(): Promise<void> {
    const Item = { id: { S: "incidents" }, board: { S: '{"form":0}' }, version: { N: "7" } };
    await this.dynamo?.send(new PutItemCommand({ TableName: this.table, Item }));
  }

  async loseTable(): Promise<void> {
    await this.dynamo?.send(new DeleteTableCommand({ TableName: this.table }));
  }

  async close(): Promise<void> {
    this.dynamo?.destroy();
    await this.slack.close();
  }
}

const database = async () =>
  new DynamoDBClient({ ...(await embeddedCloud()).account().clientConfig(), maxAttempts: 1 });

const firstLine = ({ text }: { text: string }) => text.split("\n")[0] ?? "";
