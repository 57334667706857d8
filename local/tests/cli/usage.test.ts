import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { start } from "../../../tests/support/run-cli";
import { trials } from "../support/trial";

describe("pulumi-local, used wrongly", function () {
  this.timeout(120_000);
  const trial = trials();

  it("answers in JSON when the command line itself is wrong", async () => {
    const { environment } = await trial();
    const { code, stdout } = await start(environment, "preview", "-p", "0", "--json").done;
    expect(code).to.equal(2);
    const answer = JSON.parse(stdout) as { ok: boolean; exitCode: number; error: string };
    expect(answer).to.deep.include({ ok: false, exitCode: 2 });
    expect(answer.error).to.include("whole number from 1");
  });

  it("has different exit codes for an unknown stack, an unknown command and a cloud that does not run", async () => {
    const { program, environment } = await trial();
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

  it("says its version and what it runs on, and which command was probably meant", async () => {
    const { environment } = await trial();
    expect((await start(environment, "--version").done).stdout).to.match(/^\d+\.\d+\.\d+\n$/);
    const about = await start(environment, "about", "--json").done;
    expect(JSON.parse(about.stdout)).to.include.keys("node", "@pulumi/pulumi", "home", "state");
    const wrong = await start(environment, "stack", "outpt", "-s", "dev").done;
    expect(wrong.code).to.equal(2);
    expect(wrong.stderr).to.include("Did you mean output?");
  });

  it("adds a stack, and lists its configuration without its secrets", async () => {
    const { program, environment } = await trial();
    const inProject = ["-C", program.folder];
    const run = (...parameters: string[]) => start(environment, ...parameters, ...inProject).done;
    expect((await run("stack", "init", "test")).code).to.equal(0);
    expect((await run("stack", "init", "test")).stderr).to.include("The stack test exists");
    expect((await run("stack", "init", "a b")).code).to.equal(2);
    await run("config", "set", "plain", "1", "-s", "test");
    await run("config", "set", "hidden", "2", "--secret", "-s", "test");
    const { stdout } = await run("config", "ls", "-s", "test");
    expect(stdout)
      .to.match(/plain +│ 1/)
      .and.match(/hidden +│ \[secret\]/);
    const shown = await run("config", "ls", "--show-secrets", "--json", "-s", "test");
    const values = Object.values(JSON.parse(shown.stdout) as Record<string, { value: string }>);
    expect(values.map(({ value }) => value)).to.include.members(["1", "2"]);
  });

  it("works on the selected stack, and says how to select one", async () => {
    const { program, environment, home } = await trial();
    const inProject = ["-C", program.folder];
    const run = (...parameters: string[]) => start(environment, ...parameters, ...inProject).done;
    const without = await run("config", "ls");
    expect(without.code).to.equal(2);
    expect(without.stderr).to.include("stack select STACK -C").and.include("has dev");
    expect((await run("stack", "select", "nope")).code).to.equal(6);
    expect((await run("stack", "select", "dev")).stdout).to.equal("Selected dev of two-queues.\n");
    expect((await run("config", "ls")).code).to.equal(0);
    expect((await run("stack", "ls")).stdout).to.include("dev*");
    const other = { ...environment, PULUMI_STACK: "nope" };
    expect((await start(other, "config", "ls", ...inProject).done).code).to.equal(6);
    await run("stack", "init", "test");
    expect((await run("stack", "ls")).stdout).to.include("test*");
    await run("stack", "rm", "-s", "test", "--yes");
    expect((await run("config", "ls")).code).to.equal(2);
    expect(readdirSync(join(home, "workspaces"))).to.deep.equal([]);
  });

  it("warns of a key that is probably misspelt, and says how to remove it", async () => {
    const { run } = await trial();
    const { code, stderr } = await run("config", "set", "visibilityTimeoutSecond", "30");
    expect(code).to.equal(0);
    expect(stderr).to.include("did you mean two-queues:visibilityTimeoutSeconds?");
    expect(stderr).to.match(/config rm two-queues:visibilityTimeoutSecond -s dev -C \S+/);
    expect((await run("config", "set", "somethingElse", "1")).stderr).to.equal("");
  });

  it("refuses flags that contradict each other, all at once", async () => {
    const { run } = await trial();
    const flags = ["--target", "a", "--exclude", "b", "--target-dependents"];
    const { code, stderr } = await run("preview", ...flags);
    expect(code).to.equal(2);
    expect(stderr).to.include("--target and --exclude contradict each other");
    const lonely = await run("preview", "--exclude-dependents", "--target-dependents");
    expect(lonely.stderr)
      .to.include("--target-dependents needs a --target")
      .and.include("--exclude-dependents needs an --exclude");
  });

  it("completes commands, options, stacks and URNs", async () => {
    const { program, environment, deploy } = await trial();
    await deploy();
    const complete = async (...words: string[]) =>
      (await start(environment, "complete", "--", ...words).done).stdout;
    expect(await complete("stack", "")).to.match(/^select\t/m);
    expect(await complete("up", "--excl")).to.match(/^--exclude-dependents\t/m);
    expect(await complete("up", "-C", program.folder, "-s", "")).to.match(/^dev\t/m);
    expect(await complete("up", "-C", program.folder, "--target", "")).to.match(
      /^urn:pulumi:dev::two-queues::fixture:index:Pair\$aws:sqs\/queue:Queue::jobs\t/m,
    );
    const script = await start(environment, "completion", "bash").done;
    expect(script.stdout).to.include("node_modules/.bin/pulumi-local complete --");
  });
});
