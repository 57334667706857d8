import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { ProviderClient } from "../../../local/engine/provider-client";
import { packageRoot } from "../../../local/home";
import { isAlive } from "../../../local/processes";
import { waitUntil } from "../../../local/wait";
import { temporaryHome } from "../../support/cloud";

const plugin = join(packageRoot, "local/provider/plugin/pulumi-resource-aws");

/** Milliseconds until a plugin must be there: the official engine waits for it before all else. The
 *  aim is 500; a busy machine gets more. */
const startWithinMs = 2000;

describe("provider: the plugin process", () => {
  const home = temporaryHome();
  const started: ChildProcess[] = [];
  const start = async (stdin: "pipe" | "ignore") => {
    const child = spawn(plugin, ["127.0.0.1:1"], {
      stdio: [stdin, "pipe", "inherit"],
      env: {
        PATH: process.env.PATH,
        PULUMI_LOCAL_HOME: home,
        AWS_ENDPOINT_URL: "https://sqs.us-east-1.amazonaws.com",
      },
    });
    started.push(child);
    if (child.stdout === null) throw new Error("no output");
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    return { child, port: line };
  };
  after(() => started.forEach((child) => child.kill("SIGKILL")));

  it("says its port in the first line, soon", async () => {
    await start("ignore"); // The first start fills the compile cache.
    const began = Date.now();
    const { child, port } = await start("ignore");
    expect(Date.now() - began).to.be.lessThan(startWithinMs);
    expect(port).to.match(/^\d+$/);
    child.kill("SIGTERM");
    expect((await once(child, "exit"))[0]).to.equal(0);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`ends at once when its engine sends ${signal}`, async () => {
      const { child } = await start("pipe");
      child.kill(signal);
      expect((await once(child, "exit"))[0]).to.equal(0);
    });
  }

  it("ends when its engine closes its end of the pipe", async () => {
    const { child } = await start("pipe");
    child.stdin?.end();
    expect((await once(child, "exit"))[0]).to.equal(0);
  });

  it("ends when its engine is killed", async () => {
    // A shell in between, so that the plugin outlives the one that started it.
    const shell = spawn("sh", ["-c", `${plugin} 127.0.0.1:1 < /dev/null & echo $!; wait`], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env.PATH, PULUMI_LOCAL_HOME: home },
    });
    const lines: string[] = [];
    if (shell.stdout === null) throw new Error("no output");
    createInterface({ input: shell.stdout }).on("line", (line) => lines.push(line));
    await waitUntil(() => lines.length === 2, { what: "the plugin to start", withinMs: 10_000 });
    const pid = Number(lines[0]);
    expect(isAlive(pid)).to.equal(true);
    shell.kill("SIGKILL");
    await waitUntil(() => !isAlive(pid), { what: "the plugin to end", withinMs: 10_000 });
  });

  it("refuses to be configured for anything but this machine", async () => {
    const { child, port } = await start("ignore");
    const client = new ProviderClient(`127.0.0.1:${port}`);
    await client.handshake("");
    const failure = await client
      .configure({
        urn: "urn:pulumi:dev::files::pulumi:providers:aws::default",
        id: "provider",
        inputs: { region: "ap-northeast-1" },
      })
      .then(
        () => "",
        (error: unknown) => String(error),
      );
    expect(failure).to.contain("https://sqs.us-east-1.amazonaws.com is not on this machine");
    await client.close();
    child.kill("SIGTERM");
    await once(child, "exit");
  });
});
