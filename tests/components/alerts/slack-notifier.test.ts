import { expect } from "chai";
import {
  createNotifier,
  type NotifierParts,
} from "../../../components/alerts/slack-notifier/notifier";
import { assertWebhookUrl, Webhook } from "../../../components/alerts/slack-notifier/webhook";
import { slackEndpoint, type SlackEndpoint } from "./slack-endpoint";

/** What CloudWatch publishes for an alarm on the dead-letter queue. */
const alarm = (over: Record<string, unknown> = {}) => ({
  AlarmName: "orders-dlq-depth-critical",
  AlarmArn: "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:orders-dlq-depth-critical",
  AlarmDescription:
    "Many messages failed for good: something they all need is <broken> & lost.\n" +
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
      webhook: new Webhook(() => Promise.resolve(slack.url), "http://127.0.0.1:4566"),
      lookAt: () => Promise.resolve(inState("OK")),
      language: "en",
      log: (entry) => log.push(entry),
      wait: (ms) => Promise.resolve(void pauses.push(ms)),
      ...over,
    });
  };
  const start = async (...answers: { status: number; headers?: Record<string, string> }[]) => {
    slack = await slackEndpoint(answers);
  };
  afterEach(() => slack.close());

  it("says what, where, how much against which threshold, since when, who, and what to do", async () => {
    await start();
    await notifier()(event(alarm()));
    const [message] = slack.received;
    expect(message?.text.split("\n")).to.deep.equal([
      "🔴 CRITICAL: orders-dlq-depth-critical",
      "Many messages failed for good: something they all need is &lt;broken&gt; &amp; lost.",
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

  it("speaks Japanese, in Japanese time", async () => {
    await start();
    await notifier({ language: "ja" })(event(alarm()));
    expect(slack.received[0]?.text)
      .to.include("🔴 重大: orders-dlq-depth-critical")
      .and.include("値: 1,234 (しきい値: 超過 50)")
      .and.include("発生時刻: 2026-11-21 19:01 JST");
  });

  it("says when it is over", async () => {
    await start();
    await notifier()(event(alarm({ NewStateValue: "OK", OldStateValue: "ALARM" })));
    expect(slack.received[0]?.text).to.include("✅ Recovered: orders-dlq-depth-critical");
  });

  it("says when the critical level is over and the warning is not", async () => {
    await start();
    const lookAt = (name: string) =>
      Promise.resolve(name === "orders-dlq-depth-warning" ? inState("ALARM") : undefined);
    await notifier({ lookAt })(event(alarm({ NewStateValue: "OK", OldStateValue: "ALARM" })));
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
    /** Answers the states one after the other, then the last one for good. */
    const inTurn = (...states: string[]) => {
      const asked: string[] = [];
      const lookAt = (name: string) => {
        asked.push(name);
        return Promise.resolve(inState(states[Math.min(asked.length, states.length) - 1]));
      };
      return { asked, lookAt };
    };

    it("is left out while the critical alarm is on", async () => {
      await start();
      const { asked, lookAt } = inTurn("ALARM");
      await notifier({ lookAt })(warning(1234));
      expect(slack.received).to.deep.equal([]);
      expect(asked).to.deep.equal(["orders-dlq-depth-critical"]);
      expect(log[0]).to.include({
        msg: "left out",
        because: "orders-dlq-depth-critical speaks for it",
      });
    });

    it("is left out when its value is past both thresholds and the critical alarm speaks a moment later", async () => {
      await start();
      const { lookAt } = inTurn("OK", "OK", "ALARM");
      await notifier({ lookAt })(warning(51));
      expect(slack.received).to.deep.equal([]);
      expect(pauses).to.deep.equal([15_000, 15_000]);
    });

    it("is told when the critical alarm does not come after all, within a minute and a quarter", async () => {
      await start();
      const { lookAt } = inTurn("OK");
      await notifier({ lookAt })(warning(51));
      expect(slack.received).to.have.length(1);
      expect(pauses.reduce((sum, ms) => sum + ms, 0)).to.equal(75_000);
    });

    it("is told at once when its value is between the thresholds, and when it is over", async () => {
      await start();
      const { lookAt } = inTurn("OK");
      const tell = notifier({ lookAt });
      await tell(warning(50));
      await tell(warning(51, { NewStateValue: "OK", OldStateValue: "ALARM" }));
      expect(slack.received).to.have.length(2);
      expect(pauses).to.deep.equal([]);
    });

    it("is told when there is no critical alarm, or it cannot be looked at", async () => {
      await start();
      await notifier({ lookAt: () => Promise.resolve(undefined) })(warning(51));
      await notifier({ lookAt: () => Promise.reject(new Error("AccessDenied")) })(warning(51));
      expect(slack.received).to.have.length(2);
      expect(pauses).to.deep.equal([]);
    });
  });

  it("leaves out that a new alarm is fine", async () => {
    await start();
    await notifier()(event(alarm({ NewStateValue: "OK", OldStateValue: "INSUFFICIENT_DATA" })));
    expect(slack.received).to.deep.equal([]);
  });

  it("reads an alarm on metric math, and one without data", async () => {
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

  it("passes on what is no alarm as it is", async () => {
    await start();
    await notifier()(event("Release <2> begins", "file-search"));
    expect(slack.received[0]?.text).to.equal("*file-search*\nRelease &lt;2&gt; begins");
  });

  it("tries again after a fault of Slack's, and waits as long as Slack asks", async () => {
    await start({ status: 500 }, { status: 429, headers: { "retry-after": "3" } });
    await notifier()(event(alarm()));
    expect(slack.received).to.have.length(3);
    expect(pauses).to.deep.equal([500, 3000]);
  });

  it("reads the webhook anew when Slack refuses the one it has", async () => {
    await start({ status: 404 });
    const reads: number[] = [];
    const webhook = new Webhook(
      () => Promise.resolve(void reads.push(1)).then(() => slack.url),
      "http://127.0.0.1:4566",
    );
    const tell = notifier({ webhook });
    await tell(event(alarm()));
    await tell(event(alarm()));
    expect(reads).to.have.length(2);
  });

  it("fails when Slack does not take it, so that the notice is put aside and not lost", async () => {
    await start(...Array.from({ length: 4 }, () => ({ status: 503 })));
    const error: unknown = await notifier()(event(alarm())).catch((e: unknown) => e);
    expect(String(error)).to.include("Slack did not take the notice: 503");
    expect(String(error)).to.not.include("secret");
    expect(slack.received).to.have.length(4);
  });

  it("posts to https only, or to this machine where the cloud itself is on it", async () => {
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
      expect(() => assertWebhookUrl(url, cloud), url).to.throw("holds no https URL");
    }
  });
});
