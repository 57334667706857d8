import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { environmentFile } from "../../../components/fleet/user-data";
import { workerEnvironmentSchema } from "../../../contracts/worker-environment";
import { errorLogLevels } from "../../../contracts/worker-logs";
import { buildFleet, releasedSha256, type FleetChanges } from "./fleet-fixture";

interface CloudConfig {
  packages: string[];
  write_files: { path: string; permissions: string; content: string }[];
  runcmd: string[][];
}

async function machine(changes?: FleetChanges) {
  const { ofType } = await buildFleet(changes);
  const text = Buffer.from(
    ofType("aws:ec2/launchTemplate:LaunchTemplate")[0]?.inputs.userData as string,
    "base64",
  ).toString();
  const document = parse(text) as CloudConfig;
  const file = (path: string) => {
    const found = document.write_files.find((candidate) => candidate.path === path);
    if (found === undefined) throw new Error(`${path} is not in the user data.`);
    return found;
  };
  return { text, document, file };
}

const environmentOf = (content: string) =>
  Object.fromEntries(
    content
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

describe("a machine's user data", () => {
  it("is a cloud-config below EC2's limit of 16 KB", async () => {
    const { text } = await machine();
    expect(text).to.match(/^#cloud-config\n/);
    expect(Buffer.byteLength(text)).to.be.below(16_384);
  });

  it("has an environment that the worker accepts", async () => {
    const { file } = await machine();
    const environment = environmentOf(file("/etc/queuefleet/worker.env").content);
    expect(workerEnvironmentSchema.parse(environment)).to.deep.equal({
      QUEUE_URL: "https://sqs.ap-northeast-1.amazonaws.com/123456789012/orders-queue",
      DLQ_URL: "https://sqs.ap-northeast-1.amazonaws.com/123456789012/orders-dlq",
      AWS_REGION: "ap-northeast-1",
      WORKER_CONCURRENCY: 4,
      VISIBILITY_TIMEOUT_SECONDS: 900,
      JOB_TIMEOUT_SECONDS: 840,
      MAX_RECEIVE_COUNT: 5,
      SHUTDOWN_GRACE_SECONDS: 90,
      PROCESSOR: "file",
      METRICS_NAMESPACE: "Shop/Worker",
      S3_BUCKETS: ["shop-uploads"],
      DATABASE_URL_PARAMETER: "/shop/dev/database-url",
    });
    expect(environment).to.include({
      WORKER_BUNDLE_BUCKET: "shop-scripts",
      WORKER_BUNDLE_KEY: `worker/${releasedSha256()}.js`,
      WORKER_BUNDLE_SHA256: releasedSha256(),
    });
  });

  it("contains a command unchanged", async () => {
    const command = ["python3", "process.py", "--label", "it's $HOME; a b"];
    const { file } = await machine({ worker: { processor: { kind: "command", command } } });
    const environment = environmentOf(file("/etc/queuefleet/worker.env").content);
    expect(workerEnvironmentSchema.parse(environment).PROCESSOR_COMMAND).to.deep.equal(command);
  });

  it("refuses values that programs read differently from an environment file", () => {
    for (const value of ["a\nb", "a\\b", '"a"', "'a", " a", "a "]) {
      expect(() => environmentFile({ KEY: value }), JSON.stringify(value)).to.throw("KEY cannot");
    }
  });

  it("runs the worker in a unit that waits until it has finished", async () => {
    const { file } = await machine();
    const lines = file("/etc/systemd/system/queuefleet-worker.service").content.split("\n");
    expect(lines).to.include.members([
      "EnvironmentFile=/etc/queuefleet/worker.env",
      "ExecStartPre=+/opt/queuefleet/fetch-bundle",
      "Environment=TMPDIR=/var/tmp",
      "ExecStart=/usr/bin/node-22 /opt/queuefleet/worker.js",
      "ExecStopPost=/opt/queuefleet/report-end",
      "Restart=always",
      "TimeoutStopSec=120",
      "NoNewPrivileges=yes",
    ]);
  });

  it("sends the worker's log to its log group", async () => {
    const { file } = await machine();
    const config: unknown = JSON.parse(
      file("/etc/queuefleet/amazon-cloudwatch-agent.json").content,
    );
    expect(config).to.have.deep.nested.property("logs.logs_collected.files.collect_list", [
      {
        file_path: "/var/log/queuefleet-worker.log",
        log_group_name: "/shop/worker",
        log_stream_name: "{instance_id}",
      },
    ]);
  });

  it("has scripts that bash can parse", async () => {
    const { document } = await machine();
    const scripts = document.write_files.filter(({ content }) => content.startsWith("#!/bin/bash"));
    expect(scripts.map(({ path }) => path)).to.deep.equal([
      "/opt/queuefleet/fetch-bundle",
      "/opt/queuefleet/report-end",
      "/opt/queuefleet/confirm-launch",
      "/opt/queuefleet/drain-on-termination",
    ]);
    for (const { content, permissions } of scripts) {
      expect(permissions).to.equal("0755");
      execFileSync("bash", ["-n"], { input: content });
    }
  });
});

describe("report-end", () => {
  const output = async (result: Record<string, string>) => {
    const { file } = await machine();
    const input = file("/opt/queuefleet/report-end").content;
    return execFileSync("bash", [], {
      input,
      env: { PATH: process.env.PATH, ...result },
    }).toString();
  };

  it("logs a failed end as an error, in the format of the worker's log", async () => {
    const line = await output({
      SERVICE_RESULT: "oom-kill",
      EXIT_CODE: "killed",
      EXIT_STATUS: "KILL",
    });
    const { level, msg, time } = JSON.parse(line) as Record<string, string>;
    expect(level).to.be.oneOf([...errorLogLevels]);
    expect(msg).to.equal("the worker ended: oom-kill (killed KILL)");
    expect(new Date(time ?? "").toISOString()).to.equal(time);
  });

  it("logs nothing after a clean end", async () => {
    expect(await output({ SERVICE_RESULT: "success" })).to.equal("");
  });
});

describe("fetch-bundle", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "machine-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the machine's script in a folder, with an `aws` command that returns the given bytes. */
  async function fetchBundle(served: string, released: string) {
    const { file } = await machine();
    const script = file("/opt/queuefleet/fetch-bundle").content.replaceAll(
      "/opt/queuefleet",
      folder,
    );
    writeFileSync(join(folder, "fetch"), script);
    writeFileSync(
      join(folder, "aws"),
      `#!/bin/bash\necho "$@" >> "${folder}/calls"\nprintf %s '${served}' > "\${@: -1}"\n`,
    );
    for (const name of ["fetch", "aws"]) chmodSync(join(folder, name), 0o755);
    execFileSync(join(folder, "fetch"), {
      stdio: "pipe",
      env: {
        PATH: `${folder}:${process.env.PATH ?? ""}`,
        AWS_REGION: "ap-northeast-1",
        WORKER_BUNDLE_BUCKET: "shop-scripts",
        WORKER_BUNDLE_KEY: "worker/x.js",
        WORKER_BUNDLE_SHA256: createHash("sha256").update(released).digest("hex"),
      },
    });
    return readFileSync(join(folder, "worker.js"), "utf8");
  }

  it("installs the released bundle", async () => {
    expect(await fetchBundle("the worker", "the worker")).to.equal("the worker");
    expect(readFileSync(join(folder, "calls"), "utf8")).to.include(
      "s3api get-object --region ap-northeast-1 --bucket shop-scripts --key worker/x.js",
    );
  });

  it("installs nothing but the released bundle", async () => {
    const error = await fetchBundle("tampered", "the worker").catch((e: unknown) => e);
    expect(String((error as { stderr?: Buffer }).stderr)).to.include("not started");
    expect(() => readFileSync(join(folder, "worker.js"))).to.throw("ENOENT");
  });

  it("fetches nothing when the released bundle is already installed", async () => {
    writeFileSync(join(folder, "worker.js"), "the worker");
    await fetchBundle("never asked for", "the worker");
    expect(() => readFileSync(join(folder, "calls"))).to.throw("ENOENT");
  });
});
