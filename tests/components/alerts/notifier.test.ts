import { expect } from "chai";
import {
  createNotifier,
  type NotifierParts,
} from "../../../components/alerts/notifier/notifier";
import { assertWebhookUrl, Webhook } from "../../../components/alerts/notifier/webhook";
import { startSlackEndpoint, type SlackEndpoint } from "../../../rehearsal/slack-endpoint";

/** What CloudWatch publishes for an alarm on the dead-letter queue. */
const alarm = (over: Record<string, unknown> = {}) => ({
  AlarmName: "orders-dlq-depth-critical",
  AlarmArn: "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:orders-dlq-depth-critical",
  AlarmDescription:
    "Many messages failed permanently: something that they all need is <broken> & lost.\n" +
    "Severity: critical\nOwner: Orders team\nRunbook: https://docs.example.com/runbooks/dlq-depth.md",
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
});

const event = (message: unknown, Subject?: string) => ({
  Records: [
    {
      Sns: {
        MessageId: "m-1",
        Subject,
        Message: typeof message === "string" ? message : JSON.stringify(message),
      },
    },
  ],
});

const inState = (state: string | undefined) => ({
  state,
  comparison: "GreaterThanThreshold",
  threshold: 50,
});

describe("the Slack notifier", () => {
  let slack: SlackEndpoint;
  let log: Record<string, unknown>[];
  let pauses: number[];

  const notifier = (over: Partial<NotifierParts> = {}) => {
    log = [];
    pauses = [];
    return createNotifier({
      webhook: new Webhook(() => Promise.resolve(slack.webhookUrl), "http://127.0.0.1:4566"),
      readAlarm: () => Promise.resolve(inState("OK")),
      language: "en",
      log: (entry) => log.push(entry),
      wait: (ms) => Promise.resolve(void pauses.push(ms)),
      ...over,
    });
  };
  const start = async (...answers: { status: number; headers?: Record<string, string> }[]) => {
    slack = await startSlackEndpoint(answers);
  };
  afterEach(() => slack.close());

  it("contains measure, place, value, threshold, time, owner and runbook", async () => {
    await start();
    await notifier()(event(alarm()));
    const [message] = slack.received;
    expect(message?.text.split("\n")).to.deep.equal([
      "🔴 CRITICAL: orders-dlq-depth-critical",
      "Many messages failed permanently: something that they all need is &lt;broken&gt; &amp; lost.",
      "What: AWS/SQS ApproximateNumberOfMessagesVisible QueueName=orders-dlq",
      "Where: ap-northeast-1 / 123456789012",
      "Value: 1,234 (threshold: above 50)",
      "Since: 2026-11-21 10:01 UTC",
      "Owner: Orders team",
      "Runbook: https://docs.example.com/runbooks/dlq-depth.md",
      "CloudWatch: https://ap-northeast-1.console.aws.amazon.com/cloudwatch/home?region=ap-northeast-1#alarmsV2:alarm/orders-dlq-depth-critical",
    ]);
    const blocks = JSON.stringify(message?.blocks);
    expect(blocks).to.include("<https://docs.example.com/runbooks/dlq-depth.md|Runbook>");
    expect(blocks).to.include("1,234 (threshold: above 50)");
  });

  it("writes Japanese, with Japanese time", async () => {
    await start();
    await notifier({ language: "ja" })(event(alarm()));
    expect(slack.received[0]?.text)
      .to.include("🔴 重大: orders-dlq-depth-critical")
      .and.include("値: 1,234 (しきい値: 超過 50)")
      .and.include("発生時刻: 2026-11-21 19:01 JST");
  });

  it("sends a notice when the alarm has ended", async () => {
    await start();
    await notifier()(event(alarm({ NewStateValue: "OK", OldStateValue: "ALARM" })));
    expect(slack.received[0]?.text).to.include("✅ Recovered: orders-dlq-depth-critical");
  });

  it("says that the critical alarm has ended and the warning is still on", async () => {
    await start();
    const readAlarm = (name: string) =>
      Promise.resolve(name === "orders-dlq-depth-warning" ? inState("ALARM") : undefined);
    await notifier({ readAlarm })(event(alarm({ NewStateValue: "OK", OldStateValue: "ALARM" })));
    expect(slack.received[0]?.text).to.include("🟡 No longer critical, still a warning");
  });

  describe("a warning whose measure has a critical alarm too", () => {
    const warning = (value: number, over: Record<string, unknown> = {}) =>
      event(
        alarm({
          AlarmName: "orders-dlq-depth-warning",
          NewStateReason: `Threshold Crossed: 1 datapoint [${value}.0 (21/11/26 10:00:00)] was …`,
          ...over,
        }),
      );
    /** Returns the states in order, then always the last one. */
    const inTurn = (...states: string[]) => {
      const asked: string[] = [];
      const readAlarm = (name: string) => {
        asked.push(name);
        return Promise.resolve(inState(states[Math.min(asked.length, states.length) - 1]));
      };
      return { asked, readAlarm };
    };

    it("is not sent while the critical alarm is on", async () => {
      await start();
      const { asked, readAlarm } = inTurn("ALARM");
      await notifier({ readAlarm })(warning(1234));
      expect(slack.received).to.deep.equal([]);
      expect(asked).to.deep.equal(["orders-dlq-depth-critical"]);
      expect(log[0]).to.include({
        msg: "not sent",
        because: "the critical alarm orders-dlq-depth-critical is on",
      });
    });

    it("is not sent when its value is past both thresholds and the critical alarm fires soon after", async () => {
      await start();
      const { readAlarm } = inTurn("OK", "OK", "ALARM");
      await notifier({ readAlarm })(warning(51));
      expect(slack.received).to.deep.equal([]);
      expect(pauses).to.deep.equal([15_000, 15_000]);
    });

    it("is sent after 75 seconds when the critical alarm does not fire", async () => {
      await start();
      const { readAlarm } = inTurn("OK");
      await notifier({ readAlarm })(warning(51));
      expect(slack.received).to.have.length(1);
      expect(pauses.reduce((sum, ms) => sum + ms, 0)).to.equal(75_000);
    });

    it("is sent at once when its value is between the thresholds, and when it has ended", async () => {
      await start();
      const { readAlarm } = inTurn("OK");
      const send = notifier({ readAlarm });
      await send(warning(50));
      await send(warning(51, { NewStateValue: "OK", OldStateValue: "ALARM" }));
      expect(slack.received).to.have.length(2);
      expect(pauses).to.deep.equal([]);
    });

    it("is sent when the critical alarm does not exist or cannot be read", async () => {
      await start();
      await notifier({ readAlarm: () => Promise.resolve(undefined) })(warning(51));
      await notifier({ readAlarm: () => Promise.reject(new Error("AccessDenied")) })(warning(51));
      expect(slack.received).to.have.length(2);
      expect(pauses).to.deep.equal([]);
    });
  });

  it("does not send the first OK of a new alarm", async () => {
    await start();
    await notifier()(event(alarm({ NewStateValue: "OK", OldStateValue: "INSUFFICIENT_DATA" })));
    expect(slack.received).to.deep.equal([]);
  });

  it("describes an alarm on metric math and an alarm without data", async () => {
    await start();
    await notifier()(
      event(
        alarm({
          NewStateReason: "Threshold Crossed: no datapoints were received for 15 periods.",
          Trigger: {
            ComparisonOperator: "GreaterThanOrEqualToThreshold",
            Threshold: 1,
            Metrics: [
              { Id: "result", Expression: "IF(a, 1, 0)", Label: "stalled", ReturnData: true },
            ],
          },
        }),
      ),
    );
    expect(slack.received[0]?.text)
      .to.include("What: stalled")
      .and.include("Value: no data (threshold: at least 1)");
  });

  it("sends a message that is not an alarm unchanged", async () => {
    await start();
    await notifier()(event("Release <2> begins", "file-search"));
    expect(slack.received[0]?.text).to.equal("*file-search*\nRelease &lt;2&gt; begins");
  });

  it("tries again after a failure of Slack, and waits as long as Slack asks", async () => {
    await start({ status: 500 }, { status: 429, headers: { "retry-after": "3" } });
    await notifier()(event(alarm()));
    expect(slack.received).to.have.length(3);
    expect(pauses).to.deep.equal([500, 3000]);
  });

  it("reads the webhook again when Slack refuses the known one", async () => {
    await start({ status: 404 });
    const reads: number[] = [];
    const webhook = new Webhook(
      () => Promise.resolve(void reads.push(1)).then(() => slack.webhookUrl),
      "http://127.0.0.1:4566",
    );
    const send = notifier({ webhook });
    await send(event(alarm()));
    await send(event(alarm()));
    expect(reads).to.have.length(2);
  });

  it("fails when Slack does not accept the notice, so that it is kept in the dead-letter queue", async () => {
    await start(...Array.from({ length: 4 }, () => ({ status: 503 })));
    const error: unknown = await notifier()(event(alarm())).catch((e: unknown) => e);
    expect(String(error)).to.include("Slack did not accept the notice: 503");
    expect(String(error)).to.not.include(new URL(slack.webhookUrl).pathname);
    expect(slack.received).to.have.length(4);
  });

  it("posts only to https, or to this machine if the cloud itself runs on it", async () => {
    await start();
    const local = "http://127.0.0.1:4566";
    expect(assertWebhookUrl("https://hooks.slack.com/services/x", undefined).protocol).to.equal(
      "https:",
    );
    expect(assertWebhookUrl("http://127.0.0.1:9/x", local).port).to.equal("9");
    for (const [url, cloud] of [
      ["http://hooks.slack.com/x", undefined],
      ["http://hooks.slack.com/x", local],
      ["http://127.0.0.1:9/x", undefined],
      ["http://127.0.0.1:9/x", "https://sqs.ap-northeast-1.amazonaws.com"],
      ["http://127.0.0.1.example.com/x", local],
      ["not a url", local],
      ["", local],
    ] as const) {
      expect(() => assertWebhookUrl(url, cloud), url).to.throw("does not contain an https URL");
    }
  });
});
