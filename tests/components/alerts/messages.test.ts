import { expect } from "chai";
import { emptyBoard } from "../../../components/alerts/notifier/board";
import { viewOf, type Occasion } from "../../../components/alerts/notifier/due";
import { readNotice } from "../../../components/alerts/notifier/notice";
import { record } from "../../../components/alerts/notifier/record";
import { reportOf } from "../../../components/alerts/notifier/report";
import { slackMessage } from "../../../components/alerts/notifier/slack-message";
import type { Language } from "../../../components/alarms/alarm-spec";
import { alarmMessage } from "./notifier-stage";

const now = { minute: 0, at: Date.parse("2026-11-21T10:02:00Z") };
const interest = { severities: ["warning", "critical"] as const, withoutDirect: false };

/** What is said of alarms that are on, with their messages of CloudWatch. */
function report(
  messages: object[],
  options: { occasion?: Occasion; language?: Language; after?: number } = {},
) {
  const { occasion = "open", language = "en", after = 0 } = options;
  const board = messages.reduce<typeof emptyBoard>((soFar, message) => {
    const notice = readNotice(
      { subject: undefined, body: JSON.stringify(message) },
      "critical",
      now.at,
    );
    if (notice.kind === "text") throw new Error(`${notice.text} is not an alarm`);
    return record(soFar, notice, now);
  }, emptyBoard);
  const [incident] = board.incidents;
  const later = { minute: after, at: now.at + after * 60_000 };
  return reportOf(occasion, viewOf(incident!, undefined, interest, later), later, {
    system: "shop dev",
    language,
  });
}

const lines = (...parameters: Parameters<typeof report>) =>
  slackMessage(report(...parameters)).text.split("\n");

describe("messages", () => {
  it("contain meaning, measure, place, value, threshold, time, owner, runbook and a command", () => {
    const message = slackMessage(report([alarmMessage("orders-dlq-depth-critical")]));
    expect(message.text.split("\n")).to.deep.equal([
      "🔴 CRITICAL: orders-dlq-depth-critical",
      "Many messages failed permanently: something that they all need is &lt;broken&gt; &amp; lost.",
      "What: AWS/SQS ApproximateNumberOfMessagesVisible QueueName=orders-dlq",
      "Where: ap-northeast-1 / 123456789012",
      "Value: 1,234 (threshold: above 50)",
      "Since: 2026-11-21 10:01 UTC",
      "Owner: Orders team",
      "Runbook: https://docs.example.com/runbooks/dlq-depth.md",
      "CloudWatch: https://ap-northeast-1.console.aws.amazon.com/cloudwatch/home?region=ap-northeast-1#alarmsV2:alarm/orders-dlq-depth-critical",
      "Look closer: aws sqs get-queue-attributes --queue-url https://sqs.ap-northeast-1.amazonaws.com/123456789012/orders-dlq --attribute-names All --region ap-northeast-1",
    ]);
    const blocks = JSON.stringify(message.blocks);
    expect(blocks).to.include("<https://docs.example.com/runbooks/dlq-depth.md|Runbook>");
    expect(blocks).to.include("1,234 (threshold: above 50)");
    expect(blocks).to.include("`aws sqs get-queue-attributes");
  });

  it("are Japanese, with Japanese time", () => {
    expect(
      lines([alarmMessage("orders-dlq-depth-critical")], { language: "ja" }),
    ).to.include.members([
      "🔴 重大: orders-dlq-depth-critical",
      "値: 1,234 (しきい値: 超過 50)",
      "発生時刻: 2026-11-21 19:01 JST",
    ]);
    const two = ["a-stalled", "b-depth-warning"].map((name) => alarmMessage(name));
    const japanese = (occasion: Occasion, after = 0) =>
      lines(two, { language: "ja", occasion, after })[0];
    expect(japanese("more")).to.equal("🔴 アラームが2件追加（計2件）: shop dev: アラーム2件");
    expect(japanese("again")).to.equal("🔁 再発 🔴 重大: shop dev: アラーム2件");
    expect(japanese("reminder", 300)).to.equal(
      "⏰ 5時間経過、継続中 🔴 重大: shop dev: アラーム2件",
    );
    for (const occasion of ["critical", "lower", "rise", "end"] as const) {
      expect(japanese(occasion)).to.match(/^\P{ASCII}+ [^a-z]+(: shop dev: アラーム2件)?$/u);
    }
  });

  it("have the command of the alarm's description", () => {
    const AlarmDescription =
      "Failed.\nSeverity: critical\nCommand: npx ops dlq redrive dev shop/orders --dry-run";
    const text = lines([alarmMessage("orders-dlq-depth-critical", { AlarmDescription })]);
    expect(text).to.include("Look closer: npx ops dlq redrive dev shop/orders --dry-run");
    expect(text[1]).to.equal("Failed.");
  });

  it("have a command for what the alarm watches", () => {
    const commandOf = (name: string, value: string) => {
      const Trigger = { MetricName: "m", Namespace: "n", Dimensions: [{ name, value }] };
      return lines([alarmMessage("shop-it", { Trigger })]).at(-1);
    };
    expect(commandOf("FunctionName", "asr")).to.equal(
      "Look closer: aws logs tail /aws/lambda/asr --since 1h --region ap-northeast-1",
    );
    expect(commandOf("AutoScalingGroupName", "asg")).to.include("describe-scaling-activities");
    expect(commandOf("Api", "asr")).to.equal(
      "Look closer: aws cloudwatch describe-alarm-history --alarm-name shop-it --max-items 10 --region ap-northeast-1",
    );
  });

  it("describe metric math and missing data", () => {
    const Trigger = {
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      Threshold: 1,
      Metrics: [
        { Id: "result", Expression: "IF(a, 1, 0)", Label: "stalled", ReturnData: true },
        {
          Id: "a",
          ReturnData: false,
          MetricStat: { Metric: { Dimensions: [{ name: "QueueName", value: "orders" }] } },
        },
      ],
    };
    const NewStateReason = "Threshold Crossed: no datapoints were received for 15 periods.";
    expect(lines([alarmMessage("orders-stalled", { Trigger, NewStateReason })])).to.include.members(
      ["What: stalled QueueName=orders", "Value: no data (threshold: at least 1)"],
    );
  });

  it("stay within Slack's limits, whatever the alarms say", () => {
    const AlarmDescription = "x".repeat(1000);
    const many = Array.from({ length: 60 }, (_, index) =>
      alarmMessage(`shop-${"y".repeat(200)}-${index}`, { AlarmDescription }),
    );
    for (const messages of [many, many.slice(0, 1)]) {
      const { text, blocks } = slackMessage(report(messages));
      expect(text.length).to.be.at.most(40_000);
      expect(blocks.length).to.be.at.most(50);
      for (const block of blocks as { type: string; text?: { text: string } }[]) {
        expect(block.text?.text.length ?? 0).to.be.at.most(block.type === "header" ? 150 : 3000);
      }
    }
  });

  it("name critical alarms first, and the rest by name", () => {
    const names = Array.from({ length: 12 }, (_, index) => `shop-${index}-depth-warning`);
    const text = lines([...names, "shop-api-stalled"].map((name) => alarmMessage(name)));
    expect(text[0]).to.equal("🔴 CRITICAL: shop dev: 13 alarms");
    expect(text[2]).to.equal("🔴 shop-api-stalled");
    expect(text.at(-1)).to.match(/^and 5 more: shop-\d+-depth-warning, /);
  });
});
