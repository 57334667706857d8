import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { embeddedCloud, type TestAccount } from "../../../tests/support/cloud";
import { environmentWithout, start } from "../../../tests/support/run-cli";
import { copyProgram, policyPack } from "../support/fixtures";

interface Step {
  op: string;
  urn: string;
}

interface Answer {
  ok: boolean;
  exitCode: number;
  steps: Step[];
  changeSummary: Record<string, number>;
  outputs: Record<string, unknown>;
  policyViolations: { rule: string; enforcement: string; message: string }[];
  diagnostics: { message: string; severity: string }[];
}

describe("pulumi-local", function () {
  this.timeout(120_000);

  const cache = mkdtempSync(join(tmpdir(), "queuefleet-cache-"));
  let account: TestAccount;
  let home: string;
  let program: ReturnType<typeof copyProgram>;
  let environment: NodeJS.ProcessEnv;

  async function setUp(name: string) {
    account = (await embeddedCloud()).account();
    home = mkdtempSync(join(tmpdir(), "queuefleet-home-"));
    program = copyProgram(name);
    environment = {
      ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
      ...account.environment(),
      PULUMI_LOCAL_HOME: home,
      NODE_COMPILE_CACHE: cache,
      NO_COLOR: "1",
    };
  }

  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
    program.remove();
  });
  after(() => rmSync(cache, { recursive: true, force: true }));

  const run = (...parameters: string[]) =>
    start(environment, ...parameters, "-s", "dev", "-C", program.folder).done;

  async function json(...parameters: string[]): Promise<Answer & { code: number | null }> {
    const { code, stdout, stderr } = await run(...parameters, "--json");
    try {
      return { ...(JSON.parse(stdout) as Answer), code };
    } catch {
      return expect.fail(`no JSON on stdout (code ${code}):\n${stdout}\n${stderr}`);
    }
  }

  /** Without the preview, where the test is about what comes after. */
  async function deploy() {
    const up = await json("up", "--yes", "--skip-preview");
    expect(up.code, JSON.stringify(up.diagnostics)).to.equal(0);
  }

  const setConfig = (lines: string[]) =>
    writeFileSync(
      join(program.folder, "Pulumi.dev.yaml"),
      ["config:", "  aws:region: ap-northeast-1", ...lines.map((line) => `  ${line}`), ""].join(
        "\n",
      ),
    );

  const stateFile = () =>
    readFileSync(join(home, "state", ".pulumi", "stacks", "two-queues", "dev.json"), "utf8");

  it("previews, deploys, finds nothing to do, destroys", async () => {
    await setUp("two-queues");
    const preview = await run("preview");
    expect(preview.code, preview.stderr).to.equal(0);
    expect(preview.stdout).to.match(/\+ +└─ fixture:index:Pair +jobs +create/);
    expect(preview.stdout).to.include("+ url: [unknown]");
    expect(preview.stdout).to.include("nothing was changed");

    const up = await json("up", "--yes");
    expect(up).to.deep.include({ ok: true, code: 0, changeSummary: { create: 4 } });
    expect(up.outputs).to.deep.include({ timeout: 30, password: "[secret]" });

    const again = await run("up", "--yes", "--expect-no-changes");
    expect(again.code, again.stdout + again.stderr).to.equal(0);
    expect(again.stdout).to.include("4 unchanged").and.to.include("No changes");
    // Nothing to do was seen in the preview; the program ran once.
    expect(again.stdout).not.to.include("Updating");

    const destroy = await run("destroy", "--yes");
    expect(destroy.stdout).to.include("Done: 4 resources changed.");
    expect((await run("stack", "output")).stdout).to.equal("");
  });

  it("changes nothing without --yes when there is no terminal to ask on", async () => {
    await setUp("two-queues");
    const { code, stderr } = await run("up");
    expect(code).to.equal(2);
    expect(stderr).to.include("pass --yes");
    expect(readdirSync(home)).not.to.include("state");
  });

  it("refuses a mandatory policy violation before anything changes, and shows advisory ones", async () => {
    await setUp("two-queues");
    setConfig(["two-queues:visibilityTimeoutSeconds: 90", "two-queues:withDeadLetters: false"]);
    const up = await json("up", "--yes", "--policy-pack", policyPack("queue-rules"));
    expect(up).to.deep.include({ ok: false, code: 1 });
    expect(up.policyViolations.map(({ rule, enforcement }) => [rule, enforcement])).to.deep.equal([
      ["timeout-limit", "mandatory"],
      ["queue-has-dlq", "advisory"],
    ]);
    const queues = new SQSClient(account.clientConfig());
    const found = await queues.send(new GetQueueUrlCommand({ QueueName: "jobs" })).then(
      () => "created",
      () => "absent",
    );
    expect(found).to.equal("absent");
  });

  it("configures policies from a file, and runs the pack on update too", async () => {
    await setUp("two-queues");
    setConfig(["two-queues:visibilityTimeoutSeconds: 90"]);
    writeFileSync(
      join(program.folder, "policies.json"),
      JSON.stringify({
        "timeout-limit": { maximum: 120 },
        "reads-what-may-be-unknown": "disabled",
      }),
    );
    const flags = ["--policy-pack", policyPack("queue-rules"), "--policy-pack-config"];
    const up = await json("up", "--yes", ...flags, "policies.json");
    expect(up).to.deep.include({ ok: true, code: 0, policyViolations: [] });

    writeFileSync(
      join(program.folder, "policies.json"),
      JSON.stringify({ "timeout-limit": { maximum: 0 }, typo: "advisory" }),
    );
    const wrong = await run("preview", ...flags, "policies.json");
    expect(wrong.code).not.to.equal(0);
    expect(wrong.stdout + wrong.stderr)
      .to.match(/timeout-limit\.maximum/)
      .and.match(/typo: the pack has no such rule/);
  });

  it("puts inputs right where a policy says how", async () => {
    await setUp("two-queues");
    writeFileSync(join(program.folder, "policies.json"), '{ "long-poll": "remediate" }');
    const flags = ["--policy-pack", policyPack("queue-rules"), "--policy-pack-config"];
    const up = await json("up", "--yes", "--skip-preview", ...flags, "policies.json");
    const repaired = up.policyViolations.filter(({ enforcement }) => enforcement === "remediate");
    expect(repaired.map(({ rule }) => rule)).to.deep.equal(["long-poll", "long-poll"]);
    const queues = new SQSClient(account.clientConfig());
    const { QueueUrl } = await queues.send(new GetQueueUrlCommand({ QueueName: "jobs" }));
    const { Attributes } = await queues.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ["ReceiveMessageWaitTimeSeconds"],
      }),
    );
    expect(Attributes?.ReceiveMessageWaitTimeSeconds).to.equal("20");
  });

  it("downgrades a rule that meets an unknown value to a note, as the real engine does", async () => {
    await setUp("two-queues");
    const { policyViolations, code } = await json(
      ...["preview", "--policy-pack", policyPack("queue-rules")],
    );
    expect(code).to.equal(0);
    expect(policyViolations.map(({ rule, enforcement }) => [rule, enforcement])).to.deep.equal([
      ["reads-what-may-be-unknown", "advisory"],
    ]);
    expect(policyViolations[0]?.message).to.include("can't be known during preview");
  });

  it("finds what was changed by hand, says so with code 7, and puts it right", async () => {
    await setUp("two-queues");
    await deploy();
    const queues = new SQSClient(account.clientConfig());
    const { QueueUrl } = await queues.send(new GetQueueUrlCommand({ QueueName: "jobs" }));
    await queues.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "77" } }),
    );
    const drift = await run("refresh", "--preview-only", "--expect-no-changes");
    expect(drift.code, drift.stderr).to.equal(7);
    expect(drift.stdout).to.include("~ visibilityTimeoutSeconds: 30 => 77");
    expect(stateFile()).not.to.include('"visibilityTimeoutSeconds":77');

    const planned = await json("preview", "--refresh", "--expect-no-changes");
    expect(planned).to.deep.include({ code: 7, changeSummary: { same: 3, update: 1 } });
    expect(stateFile()).not.to.include('"visibilityTimeoutSeconds":77');

    const repair = await json("up", "--yes", "--refresh");
    expect(repair).to.deep.include({ code: 0, changeSummary: { same: 3, update: 1 } });
    const after = await run("refresh", "--preview-only", "--expect-no-changes");
    expect(after.stdout).to.include("No changes: the cloud is as the state says.");
  });

  it("takes over what only the state knows, such as protect, when no resource changes", async () => {
    await setUp("two-queues");
    await deploy();
    setConfig(["two-queues:protect: true"]);
    const up = await json("up", "--yes");
    expect(up).to.deep.include({ code: 0, changeSummary: { same: 4 } });
    const destroy = await run("destroy", "--yes", "--skip-preview");
    expect(destroy.code).to.equal(1);
    expect(destroy.stdout).to.include("protect");
  });

  it("keeps secrets encrypted in the state and leaves the repository's files alone", async () => {
    await setUp("two-queues");
    const before = readFileSync(join(program.folder, "Pulumi.dev.yaml"), "utf8");
    await deploy();
    expect(readFileSync(join(program.folder, "Pulumi.dev.yaml"), "utf8")).to.equal(before);
    expect(stateFile()).to.include('"ciphertext":"v1:').and.not.to.include("not-so-secret");
    const hidden = await run("stack", "output", "password");
    expect(hidden.stdout).to.equal("[secret]\n");
    const shown = await run("stack", "output", "password", "--show-secrets");
    expect(shown.stdout).to.equal("not-so-secret\n");
  });

  it("encrypts configuration, and gives it to the program as a secret", async () => {
    await setUp("two-queues");
    await run("config", "set", "--secret", "password", "quite-secret");
    expect(readFileSync(join(program.folder, "Pulumi.dev.yaml"), "utf8"))
      .to.match(/encryptionsalt: v1:/)
      .and.not.to.include("quite-secret");
    expect((await run("config", "get", "password")).stdout).to.equal("quite-secret\n");
    await deploy();
    const history = join(home, "state", ".pulumi", "history", "two-queues", "dev");
    const written = readdirSync(history).map((name) => readFileSync(join(history, name), "utf8"));
    expect(written.join("\n")).to.include('"kind":"update"').and.not.to.include("quite-secret");

    environment = { ...environment, PULUMI_CONFIG_PASSPHRASE: "wrong" };
    const refused = await run("preview");
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.include("two-queues:password cannot be decrypted");
  });

  it("sets what lies within a list, as the Pulumi CLI does", async () => {
    await setUp("two-queues");
    await run("config", "set", "--path", "aws:allowedAccountIds[0]", "012345678901");
    await run("config", "set", "--path", "limits.ports[0]", "443");
    expect(readFileSync(join(program.folder, "Pulumi.dev.yaml"), "utf8")).to.equal(
      "config:\n  aws:region: ap-northeast-1\n" +
        '  aws:allowedAccountIds:\n    - "012345678901"\n' +
        "  two-queues:limits:\n    ports:\n      - 443\n",
    );
  });

  it("says which file of the state is broken, and where the one before it is", async () => {
    await setUp("two-queues");
    await deploy();
    const file = join(home, "state", ".pulumi", "stacks", "two-queues", "dev.json");
    writeFileSync(file, stateFile().slice(0, 100));
    const { code, stderr } = await run("preview");
    expect(code).to.equal(1);
    expect(stderr).to.include(`${file} cannot be read as a stack's state. ${file}.bak is the one`);
  });

  it("answers in JSON when the command line itself is wrong", async () => {
    await setUp("two-queues");
    const { code, stdout } = await start(environment, "preview", "--json").done;
    expect(code).to.equal(2);
    const answer = JSON.parse(stdout) as { ok: boolean; exitCode: number; error: string };
    expect(answer).to.deep.include({ ok: false, exitCode: 2 });
    expect(answer.error).to.include("--stack <name>");
  });

  it("exports a state and imports it again", async () => {
    await setUp("two-queues");
    await deploy();
    const file = join(home, "export.json");
    await run("stack", "export", "--show-secrets", "--file", file);
    expect(readFileSync(file, "utf8")).to.include("not-so-secret");
    expect((await run("stack", "rm", "--yes")).stderr).to.include("still has 2 resources");
    await run("stack", "rm", "--yes", "--force");
    expect((await run("stack", "import", "--file", file)).stdout).to.include(
      "Imported 5 resources",
    );
    expect(stateFile()).not.to.include("not-so-secret");
    expect((await run("preview", "--expect-no-changes")).code).to.equal(0);
  });

  it("warns of what an interrupted run was creating until it is told to forget it", async () => {
    await setUp("two-queues");
    await deploy();
    const exported = JSON.parse((await run("stack", "export")).stdout) as {
      deployment: { resources: unknown[]; pending_operations?: unknown[] };
    };
    exported.deployment.pending_operations = [
      { type: "creating", resource: exported.deployment.resources.at(-1) },
    ];
    const file = join(home, "interrupted.json");
    writeFileSync(file, JSON.stringify(exported));
    await run("stack", "import", "--file", file);
    const warned = await run("refresh", "--yes", "--skip-preview");
    expect(warned.stdout).to.match(/interrupted while creating[^]*refresh --clear-pending-creates/);
    const forgot = await run("refresh", "--yes", "--clear-pending-creates");
    expect(forgot.code).to.equal(0);
    expect(stateFile()).not.to.include("pending_operations");
    expect((await run("up", "--yes", "--skip-preview")).stdout).not.to.include("interrupted while");
  });

  it("says what the program got wrong, with the line, and changes nothing", async () => {
    await setUp("two-queues");
    writeFileSync(join(program.folder, "index.ts"), '\n\nthrow new Error("no such luck");\n');
    const { code, stdout } = await run("preview");
    expect(code).to.equal(1);
    expect(stdout)
      .to.include("no such luck")
      .and.match(/index\.ts:3:7/);
    expect(stdout).to.include("Nothing was changed");

    const up = await run("up", "--yes", "--skip-preview");
    expect(up.code).to.equal(1);
    expect(up.stdout).to.match(/^Failed\. 1 resource changed before; .*$/m);
    const again = await run("up", "--yes", "--skip-preview");
    expect(again.stdout).to.match(/^Failed\. No resource was changed before; .*$/m);
  });

  it("refuses a second run, ends one gracefully, and goes on from there", async () => {
    await setUp("waits-for-file");
    const file = join(home, "go");
    setConfig([`waits-for-file:file: ${file}`]);
    const up = start(environment, "up", "--yes", "-f", "-s", "dev", "-C", program.folder);
    await up.said("Queue first created");

    const second = await run("up", "--yes");
    expect(second.code).to.equal(1);
    expect(second.stderr).to.match(
      /locked by another run:\n.*process \d+ of .*\n.*pulumi-local cancel -s dev/,
    );

    up.interrupt();
    const cancelled = await up.done;
    expect(cancelled.code, cancelled.stdout + cancelled.stderr).to.equal(8);
    expect(cancelled.stdout).to.include("Cancelled");

    writeFileSync(file, "");
    const { code, steps } = await json("up", "--yes", "--skip-preview");
    expect(code).to.equal(0);
    const created = steps
      .filter(({ op }) => op === "create")
      .map(({ urn }) => urn.split("::").at(-1));
    expect(created).to.deep.equal(["second"]);
  });

  it("tells unknown stacks, commands and a cloud that does not run apart", async () => {
    await setUp("two-queues");
    const unknown = await start(environment, "preview", "-s", "nope", "-C", program.folder).done;
    expect(unknown.code).to.equal(6);
    expect(unknown.stderr).to.include('has no stack "nope"; it has dev');
    expect((await start(environment, "upp").done).code).to.equal(2);
    const elsewhere = { ...environment, AWS_ENDPOINT_URL: undefined };
    const without = await start(elsewhere, "preview", "-s", "dev", "-C", program.folder).done;
    expect(without.code).to.equal(1);
    expect(without.stderr).to.include("node_modules/.bin/pulumi-local cloud start");
    const real = { ...environment, AWS_ENDPOINT_URL: "https://sqs.ap-northeast-1.amazonaws.com" };
    const refused = await start(real, "preview", "-s", "dev", "-C", program.folder).done;
    expect(refused.stderr).to.include("is not on this machine");
  });
});
