import { expect } from "chai";
import { stringify } from "yaml";
import { parseEnvironmentFile, parseUserData } from "../../fleet/user-data";
import { parseServiceUnit, parseTimeSpan, restarts } from "../../fleet/unit-file";

const userData = (files: { path: string; content: string }[]) =>
  Buffer.from(`#cloud-config\n${stringify({ write_files: files })}`).toString("base64");

describe("user data", () => {
  it("names every reason why it does not start a worker", () => {
    const broken = userData([{ path: "/etc/queuefleet/worker.env", content: "A=1" }]);
    expect(() => parseUserData(broken)).to.throw(
      /queuefleet-worker\.service.*BUCKET is missing.*KEY is missing.*SHA256 is missing/s,
    );
  });

  it("of a machine without a worker is ignored", () => {
    expect(parseUserData(Buffer.from("#!/bin/sh\n").toString("base64"))).to.equal(undefined);
    expect(parseUserData(userData([]))).to.equal(undefined);
  });

  it("takes the log group from the CloudWatch agent's configuration", () => {
    const agent = { log_group_name: "/fleet/x", log_stream_name: "{instance_id}/worker" };
    const setup = parseUserData(
      userData([
        {
          path: "/etc/queuefleet/worker.env",
          content: "WORKER_BUNDLE_BUCKET=b\nWORKER_BUNDLE_KEY=k\nWORKER_BUNDLE_SHA256=s\n",
        },
        { path: "/etc/systemd/system/queuefleet-worker.service", content: "[Service]\n" },
        {
          path: "/opt/aws/amazon-cloudwatch-agent/etc/worker.json",
          content: JSON.stringify({
            logs: { logs_collected: { files: { collect_list: [agent] } } },
          }),
        },
      ]),
    );
    expect(setup?.logs).to.deep.equal({ group: "/fleet/x", stream: "{instance_id}/worker" });
  });

  it("has its environment file read as systemd reads it", () => {
    const text = `# comment\n\nA=plain value\nB="quoted \\"x\\""\nC='$kept'\nD=\n not an assignment\n`;
    expect(parseEnvironmentFile(text)).to.deep.equal({
      A: "plain value",
      B: 'quoted "x"',
      C: "$kept",
      D: "",
    });
  });
});

describe("a service unit", () => {
  it("has systemd's defaults for missing settings", () => {
    const unit = parseServiceUnit("[Unit]\nRestart=always\n[Service]\nExecStart=/bin/true\n");
    expect(unit).to.deep.equal({ restart: "no", restartMs: 100, stopTimeoutMs: 90_000 });
  });

  it("reads time spans in systemd's format", () => {
    expect(parseTimeSpan("5")).to.equal(5000);
    expect(parseTimeSpan("1min 30s")).to.equal(90_000);
    expect(parseTimeSpan("500ms")).to.equal(500);
    expect(parseTimeSpan("infinity")).to.equal(Infinity);
    expect(() => parseTimeSpan("soon")).to.throw(/"soon" is not a time span/);
  });

  const ended = { clean: { code: 0, signal: null }, failed: { code: 1, signal: null } };
  const killed = {
    term: { code: null, signal: "SIGTERM" },
    kill: { code: null, signal: "SIGKILL" },
  };
  for (const [restart, after] of Object.entries({
    no: [],
    always: ["clean", "failed", "term", "kill"],
    "on-failure": ["failed", "kill"],
    "on-success": ["clean", "term"],
    "on-abnormal": ["kill"],
  })) {
    it(`with Restart=${restart} starts again after: ${after.join(", ") || "nothing"}`, () => {
      const unit = parseServiceUnit(`[Service]\nRestart=${restart}\n`);
      const again = Object.entries({ ...ended, ...killed }).filter(([, end]) =>
        restarts(unit, end),
      );
      expect(again.map(([name]) => name)).to.deep.equal(after);
    });
  }
});
