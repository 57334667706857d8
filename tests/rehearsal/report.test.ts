import { expect } from "chai";
import { chartWidths, depthChart } from "../../rehearsal/report/depth-chart";
import { deploymentPicture } from "../../rehearsal/report/deployment-picture";
import { reportPage, type SystemMaterial } from "../../rehearsal/report/html";
import type { Report, StepReport } from "../../rehearsal/report/report";

const report: Report = { ok: true, seconds: 1, steps: [], systems: {}, versions: {} };
const system: SystemMaterial = {
  name: "file-search",
  report: { counts: { uploaded: 219 }, deadLetters: [], alarms: [] },
  depths: [],
  resources: [],
  messages: [],
};
const page = (
  changes: Partial<Report>,
  material: Partial<SystemMaterial>[] = [],
  problems: string[] = [],
) =>
  reportPage({
    report: { ...report, ...changes },
    start: 0,
    systems: material.map((one) => ({ ...system, ...one })),
    problems,
  });

const step = (name: string, changes: Partial<StepReport> = {}): StepReport => ({
  ...{ system: "file-search", name, outcome: "passed", startedAt: 0, seconds: 1, detail: "" },
  ...changes,
});

describe("the rehearsal's report", () => {
  it("shows a message as Slack does, with HTML in it escaped", async () => {
    const html = await page({}, [
      { messages: ["<script>alert(1)</script>\n*Owner*\n<https://example.com/a?b=1&c=2|Runbook>"] },
    ]);
    expect(html).not.to.include("<script>");
    expect(html).to.include("&lt;script&gt;alert(1)&lt;/script&gt;\n<b>Owner</b>");
    expect(html).to.include('<a href="https://example.com/a?b=1&amp;c=2">Runbook</a>');
  });

  it("distinguishes a step that was not run from a failed one", async () => {
    const steps = [
      step("deploy", { outcome: "failed" }),
      step("upload", { outcome: "not run", startedAt: undefined, seconds: 0 }),
    ];
    const html = await page({ ok: false, steps }, [{}]);
    const marks = [...html.matchAll(/<td class="(\w+)" title="([\w ]+)">(.)</g)];
    expect(marks.map(([, ...mark]) => mark)).to.deep.equal([
      ["bad", "failed", "✗"],
      ["soft", "not run", "–"],
    ]);
  });

  it("lists dead letters with reasons, alarms, versions, and what could not be read", async () => {
    const runbookUrl = "https://example.com/dlq";
    const alarm = { severity: "warning", meaning: "Files failed.", runbookUrl };
    const html = await page(
      { versions: { commit: "0123456789ab" } },
      [
        {
          report: {
            counts: {},
            deadLetters: [{ key: "a<b>.pdf", reason: "it is not a PDF" }],
            alarms: [
              { ...alarm, name: "dlq-depth", state: "ALARM" },
              { ...alarm, name: "queue-depth", state: "OK" },
            ],
          },
        },
      ],
      ["Queue depths could not be read: no answer"],
    );
    expect(html).to.include("<td>a&lt;b&gt;.pdf</td><td>it is not a PDF</td>");
    expect(html.indexOf("dlq-depth")).to.be.within(0, html.indexOf("1 other alarms"));
    expect(html.indexOf("queue-depth")).to.be.greaterThan(html.indexOf("1 other alarms"));
    expect(html).to.include("<dt>commit</dt><dd>0123456789ab</dd>");
    expect(html).to.include("Queue depths could not be read: no answer");
  });
});

describe("the rehearsal's report of several systems", () => {
  it("has a section for each with its own steps and numbers, and the shared steps before them", async () => {
    const html = await page(
      {
        steps: [
          step("the cloud is started", { system: undefined }),
          step("upload"),
          step("stall", { system: "watchme" }),
        ],
      },
      [{}, { name: "watchme", report: { ...system.report, counts: { recordings: 48 } } }],
    );
    const order = [
      "<td>the cloud is started</td>",
      'id="file-search"',
      "<dd>219</dd>",
      "<td>upload</td>",
      'id="watchme"',
      "<dd>48</dd>",
      "<td>stall</td>",
    ];
    const places = order.map((text) => html.indexOf(text));
    expect(places).to.not.include(-1);
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
  });
});

describe("the chart of queue depths", () => {
  const depths = [0, 7, 12, 0].map((messages, second) => ({
    time: 5000 + 1000 * second,
    queue: "files",
    messages,
  }));
  const dead = { time: 8000, queue: "files-dlq", messages: 1 };
  const chart = (steps: StepReport[] = [], width: number = chartWidths.wide) =>
    depthChart([...depths, dead], { start: 5000, steps, width });
  const textsOf = (svg: string) =>
    [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

  it("shows how many messages each queue held, in steps, from zero to the most", () => {
    const svg = chart();
    expect(textsOf(svg)).to.include.members(["files", "files-dlq", "messages", "0", "12", "3"]);
    // Across at the old depth, then up or down to the new one: no slope in between.
    const curve = /<path class="curve second" d="([^"]+)"/.exec(svg)?.[1] ?? "";
    const points = curve
      .slice(1)
      .split("L")
      .map((point) => point.split(",").map(Number));
    expect(points).to.have.length(7);
    for (const [index, [x, y]] of points.slice(1).entries()) {
      expect(x === points[index]?.[0] || y === points[index]?.[1]).to.equal(true);
    }
  });

  it("says the depths of every moment", () => {
    expect(textsOf(chart())).to.include.members([
      "0 s: files 0",
      "2 s: files 12",
      "3 s: files-dlq 1, files 0",
    ]);
  });

  it("marks the start of each step, with one label for steps that are close together", () => {
    const steps = [
      step("start", { startedAt: 0 }),
      step("deploy", { startedAt: 0.01 }),
      step("upload", { startedAt: 2 }),
      step("search", { outcome: "not run", startedAt: undefined }),
    ];
    for (const width of Object.values(chartWidths)) {
      const svg = chart(steps, width);
      expect(textsOf(svg)).to.include.members(["1–2", "3"]);
      expect(svg).to.include("<title>1. start\n2. deploy</title>");
      expect(svg).not.to.include("search");
    }
  });
});

describe("the picture of what is deployed", () => {
  const queue = (name: string) => ({
    urn: `urn:pulumi:dev::p::aws:sqs/queue:Queue::${name}`,
    type: "aws:sqs/queue:Queue",
    outputs: { name, arn: `arn:aws:sqs:ap-northeast-1:1:${name}` },
  });
  const topic = {
    urn: "urn:pulumi:dev::p::aws:sns/topic:Topic::critical",
    type: "aws:sns/topic:Topic",
    outputs: { name: "critical", arn: "arn:aws:sns:ap-northeast-1:1:critical" },
  };
  const alarm = (name: string, watched: object) => ({
    urn: `urn:pulumi:dev::p::aws:cloudwatch/metricAlarm:MetricAlarm::${name}`,
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    outputs: { name, alarmActions: [topic.outputs.arn], ...watched },
  });
  const name = "file-processing-queue-production";
  const resources = [
    queue(name),
    topic,
    alarm("depth", { dimensions: { QueueName: name } }),
    alarm("stalled", { metricQueries: [{ metric: { dimensions: { QueueName: name } } }] }),
  ];

  it("shows the number of alarms between what they watch and the topic, expressions included", async () => {
    expect(await deploymentPicture(resources, "wide")).to.include(">2 alarms<");
  });

  it("has text of 13 pixels, and names in several lines where the page is narrow", async () => {
    const svg = await deploymentPicture(resources, "narrow");
    // Graphviz measures in points: 9.75 points are 13 pixels.
    expect(svg).to.include('font-size="9.75"');
    const lines = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text = ""]) => text);
    expect(lines).to.include.members(["file&#45;", "processing&#45;", "queue&#45;", "production"]);
  });
});
