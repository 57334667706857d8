import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { ProviderClient } from "../../provider-client/provider-client";
import { packageRoot } from "../../process/home";
import { isAlive } from "../../process/process-set";
import { waitUntil } from "../../process/wait";
import { temporaryHome } from "../../../tests/support/cloud";

const plugin = join(packageRoot, "local/provider/plugin/pulumi-resource-aws");

describe("provider: the plugin process", () => {
  const home = temporaryHome();
  const started: ChildProcess[] = [];
  const start = async (stdin: "pipe" | "ignore", environment = {}) => {
    const child = spawn(plugin, ["127.0.0.1:1"], {
      stdio: [stdin, "pipe", "inherit"],
      env: {
        PATH: process.env.PATH,
        PULUMI_LOCAL_HOME: home,
        AWS_ENDPOINT_URL: "https://sqs.us-east-1.amazonaws.com",
        ...environment,
      },
    });
    started.push(child);
    if (child.stdout === null) throw new Error("no output");
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    return { child, port: line };
  };
  after(() => started.forEach((child) => child.kill("SIGKILL")));

  it("says its port in the first line, before it loads any AWS client", async () => {
    // The official engine waits for this line before all else, and a client takes as long as the rest.
    const [watch, loaded] = [join(home, "watch.cjs"), join(home, "loaded.json")];
    writeFileSync(
      watch,
      `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(loaded)},
         JSON.stringify(Object.keys(require.cache))));`,
    );
    const { child, port } = await start("ignore", { NODE_OPTIONS: `--require=${watch}` });
    expect(port).to.match(/^\d+$/);
    child.kill("SIGTERM");
    expect((await once(child, "exit"))[0]).to.equal(0);
    const files = JSON.parse(readFileSync(loaded, "utf8")) as string[];
    expect(files.some((file) => file.endsWith("provider/server.ts"))).to.equal(true);
    expect(files.filter((file) => /@aws-sdk|@smithy/.test(file))).to.deep.equal([]);
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
    await waitUntil(() => lines.length === 2, { what: "the plugin to start", withinMs: 45_000 });
    const pid = Number(lines[0]);
    expect(isAlive(pid)).to.equal(true);
    shell.kill("SIGKILL");
    await waitUntil(() => !isAlive(pid), { what: "the plugin to end", withinMs: 45_000 });
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
