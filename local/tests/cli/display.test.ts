import { expect } from "chai";
import { Collected } from "../../cli/display/collected";
import { digest } from "../../cli/display/digest";
import { renderReport } from "../../cli/display/report";
import { colorsFor } from "../../cli/display/style";
import type { EngineEvent, StepMetadata } from "../../values/events";
import { Secret, Unknown } from "../../values/property-value";

const urn = (type: string, name: string) => `urn:pulumi:dev::demo::${type}::${name}`;
const stackUrn = urn("pulumi:pulumi:Stack", "demo-dev");
const provider = `${urn("pulumi:providers:aws", "default")}::id`;

const queue = (name: string, more: Partial<StepMetadata>): StepMetadata => ({
  operation: "same",
  urn: urn("aws:sqs/queue:Queue", name),
  type: "aws:sqs/queue:Queue",
  provider,
  parent: stackUrn,
  logical: true,
  ...more,
});
const stack: StepMetadata = {
  operation: "same",
  urn: stackUrn,
  type: "pulumi:pulumi:Stack",
  provider: "",
  logical: true,
};

const done = (step: StepMetadata): EngineEvent[] => [
  { type: "resourcePre", step, dryRun: true },
  { type: "resourceOutputs", step, dryRun: true, seconds: 0.5 },
];

const update = queue("jobs", {
  operation: "update",
  old: {
    inputs: { delaySeconds: 0, tags: { a: "1" }, policy: '{"Version":"1","Statement":[1]}' },
    outputs: { delaySeconds: 0 },
  },
  new: {
    inputs: { delaySeconds: 5, tags: { a: "2" }, policy: '{"Version":"1","Statement":[2]}' },
    outputs: {},
  },
  detailedDiff: {
    delaySeconds: { kind: "update", inputDiff: true },
    "tags.a": { kind: "update", inputDiff: true },
    policy: { kind: "update", inputDiff: true },
  },
});

const events: EngineEvent[] = [
  ...done(stack),
  ...done(queue("untouched", {})),
  ...done(update),
  ...done(
    queue("renamed", {
      operation: "replace",
      old: { inputs: { name: "a" }, outputs: {} },
      new: { inputs: { name: "b" }, outputs: {} },
      detailedDiff: { name: { kind: "update-replace", inputDiff: true } },
    }),
  ),
  ...done(queue("fresh", { operation: "create", new: { inputs: {}, outputs: {} } })),
  {
    type: "diagnostic",
    severity: "warning",
    message: "\u001b[31mmind\u001b[39m the gap\nsecond line",
    urn: update.urn,
    ephemeral: false,
  },
  { type: "diagnostic", severity: "debug", message: "noise", ephemeral: false },
  { type: "diagnostic", severity: "info", message: "passing by", ephemeral: true },
  { type: "policyLoaded", pack: "rules", version: "1.0.0", rules: 2, seconds: 1 },
  { type: "policyDecided" },
  {
    type: "policyViolation",
    violation: {
      pack: "rules",
      packVersion: "1.0.0",
      rule: "queue-has-dlq",
      description: "d",
      message: "jobs has no dead-letter queue",
      enforcement: "mandatory",
      severity: "critical",
      urn: update.urn,
    },
  },
  {
    type: "summary",
    dryRun: true,
    seconds: 2.5,
    changes: { same: 2, update: 1, replace: 1, create: 1 },
    oldOutputs: { url: "http://old", password: new Secret("hunter1") },
    newOutputs: { url: Unknown.value, password: new Secret("hunter2") },
    result: "succeeded",
  },
];

function collect(): Collected {
  const collected = new Collected();
  events.forEach((event) => collected.add(event));
  return collected;
}

const report = (details: boolean) =>
  renderReport(collect(), {
    colors: colorsFor(process.stdout, { NO_COLOR: "1" }),
    dryRun: true,
    details,
    sames: false,
    refresh: false,
  });

describe("report of an operation", () => {
  it("shows changed resources below their parents, and no unchanged resources", () => {
    const text = report(false);
    expect(text).to.match(/pulumi:pulumi:Stack\s+demo-dev/);
    expect(text).to.match(
      /~ +├─ aws:sqs:Queue +jobs +update +\[diff: ~delaySeconds,~tags,~policy\]/,
    );
    expect(text).to.match(/\+- +├─ aws:sqs:Queue +renamed +replace +\[diff: ~name\]/);
    expect(text).to.match(/\+ +└─ aws:sqs:Queue +fresh +create/);
    expect(text).not.to.include("untouched");
  });

  it("has one line for each resource on a terminal of 80 columns", () => {
    const collected = new Collected();
    const long = `file-processing-queue-${"oldest-message-age-".repeat(3)}`;
    for (const event of [
      ...done(stack),
      ...done({ ...update, urn: urn(update.type, long) }),
      ...done(update),
    ]) {
      collected.add(event);
    }
    const options = { dryRun: true, details: false, sames: false, refresh: false };
    const colors = colorsFor(process.stdout, { NO_COLOR: "1" });
    const lines = (columns?: number) =>
      renderReport(collected, { ...options, colors, columns }).split("\n");
    expect(lines(80).every((line) => line.length <= 80)).to.equal(true);
    expect(lines(80).join("\n")).to.match(/aws:sqs:Queue +file-processing-.*… +update/);
    expect(lines().join("\n")).to.include(long);
  });

  it("marks resources that are removed from the state but stay in the cloud", () => {
    const collected = new Collected();
    for (const event of done(queue("kept", { operation: "delete", retained: true }))) {
      collected.add(event);
    }
    const options = { dryRun: true, details: false, sames: false, refresh: false };
    const colors = colorsFor(process.stdout, { NO_COLOR: "1" });
    expect(renderReport(collected, { ...options, colors })).to.match(/kept +delete\[retain\]/);
  });

  it("shows property by property, inside JSON documents too, when asked", () => {
    const text = report(true);
    expect(text).to.include("~ delaySeconds: 0 => 5");
    expect(text).to.include('~ tags.a: "1" => "2"');
    expect(text).to.match(/~ policy.*Statement\[0\]: 1 => 2/);
    expect(text).to.include('~ name: "a" => "b" (forces replacement)');
    expect(report(false)).not.to.include("delaySeconds: 0 => 5");
  });

  it("shows the lines of user data that differ, not its base64", () => {
    const encoded = (sha256: string) =>
      Buffer.from(`#cloud-config\npackages:\n  - nodejs22\nsha256: ${sha256}\n`).toString("base64");
    const step = queue("template", {
      operation: "update",
      old: { inputs: { userData: encoded("aaa") }, outputs: {} },
      new: { inputs: { userData: encoded("bbb") }, outputs: {} },
      detailedDiff: { userData: { kind: "update", inputDiff: true } },
    });
    const collected = new Collected();
    for (const event of done(step)) collected.add(event);
    const text = renderReport(collected, {
      ...{ dryRun: true, details: true, sames: false, refresh: false },
      colors: colorsFor(process.stdout, { NO_COLOR: "1" }),
    });
    expect(text).to.include('- userData(line 4): "sha256: aaa"');
    expect(text).to.include('+ userData(line 4): "sha256: bbb"');
    expect(text).not.to.include("nodejs22");
  });

  it("groups diagnostics by resource and leaves out debug and progress messages", () => {
    const text = report(false);
    expect(text).to.include("aws:sqs:Queue (jobs):\n    warning: mind the gap\n    second line");
    expect(text).not.to.include("noise");
    expect(text).not.to.include("passing by");
  });

  it("says that the rules decided nothing when the stack was not complete", () => {
    const loaded = {
      type: "policyLoaded" as const,
      ...{ pack: "rules", version: "1.0.0", rules: 2, seconds: 1 },
    };
    const text = (...more: EngineEvent[]) => {
      const collected = new Collected();
      for (const event of [loaded, ...more]) collected.add(event);
      const options = { dryRun: true, details: false, sames: false, refresh: false };
      return renderReport(collected, {
        ...options,
        colors: colorsFor(process.stdout, { NO_COLOR: "1" }),
      });
    };
    expect(text()).to.include("! rules@v1.0.0").and.include("The rules decided nothing");
    expect(text({ type: "policyDecided" }))
      .to.include("✔ rules@v1.0.0")
      .and.not.include("decided nothing");
  });

  it("names pack, rule, enforcement and resource of a policy violation", () => {
    expect(report(false)).to.include(
      "✘ rules@v1.0.0 (2 rules, ready after 1.0s)\n" +
        "    - [mandatory, critical] queue-has-dlq  (aws:sqs:Queue (jobs))\n" +
        "      jobs has no dead-letter queue",
    );
  });

  it("shows outputs old => new, unknown ones as such, and never a secret", () => {
    const text = report(true);
    expect(text).to.include('~ url: "http://old" => [unknown]');
    expect(text).to.include("~ password: [secret] => [secret]");
    expect(text).not.to.include("hunter");
  });

  it("counts at the end", () => {
    expect(report(false)).to.match(
      /Resources:\n {2}~ 1 to update\n {2}\+- 1 to replace\n {2}\+ 1 to create\n {2}2 unchanged/,
    );
  });

  it("keeps the error of a failed step, and counts a replacement's halves as one row", () => {
    const collected = new Collected();
    const replace = queue("jobs", { operation: "replace" });
    const half = { ...replace, operation: "create-replacement" as const, logical: false };
    collected.add({ type: "resourcePre", step: replace, dryRun: false });
    collected.add({ type: "resourcePre", step: half, dryRun: false });
    collected.add({ type: "resourceFailed", step: half, dryRun: false, seconds: 1, error: "no" });
    const [row] = collected.rows.values();
    expect(collected.rows.size).to.equal(1);
    expect(row).to.deep.include({ state: "failed", error: "no", step: replace });
  });
});

describe("JSON of an operation", () => {
  const document = digest(collect(), {
    dryRun: true,
    refresh: false,
    sames: false,
    result: "succeeded",
    ok: true,
  });

  it("has what does not change only with --show-sames, but for the stack", () => {
    const operations = (sames: boolean) =>
      digest(collect(), { dryRun: true, refresh: false, sames, result: "succeeded", ok: true })
        .steps.filter(({ op }) => op === "same")
        .map(({ urn }) => urn);
    expect(operations(true).length).to.be.greaterThan(operations(false).length);
    expect(operations(false).every((urn) => urn.includes("pulumi:pulumi:Stack"))).to.equal(true);
  });

  it("has the fields of Pulumi's preview digest", () => {
    const step = document.steps.find(({ urn }) => urn === update.urn);
    expect(step).to.deep.include({ op: "update", type: "aws:sqs/queue:Queue", provider });
    expect(step?.oldState?.inputs).to.deep.include({ delaySeconds: 0 });
    expect(step?.newState?.inputs).to.deep.include({ delaySeconds: 5 });
    expect(step?.diffReasons).to.deep.equal(["delaySeconds", "tags", "policy"]);
    expect(document.changeSummary).to.deep.equal({ same: 2, update: 1, replace: 1, create: 1 });
    expect(document.duration).to.equal(2_500_000_000);
  });

  it("hides secrets and colours", () => {
    const text = JSON.stringify(document);
    expect(text).not.to.include("hunter");
    expect(document.outputs.password).to.equal("[secret]");
    expect(document.diagnostics[0]?.message).to.equal("mind the gap\nsecond line");
  });
});
