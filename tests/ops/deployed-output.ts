import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import type { TestAccount } from "../support/cloud";
import { environmentWithout, start } from "../support/run-cli";

const root = resolve(__dirname, "../..");

/** Says what a test has made with the SDK, as a system's stack does. */
const program = `
import { readFileSync } from "node:fs";
import { join } from "node:path";
export const system = JSON.parse(readFileSync(join(__dirname, "output.json"), "utf8"));
`;

export interface CommandEnd {
  code: number;
  stdout: string;
  stderr: string;
}

/** A deployed stack "dev" of a system "shop" that has no resources of its own, only its output. */
export class DeployedOutput {
  private readonly folder = mkdtempSync(join(tmpdir(), "queuefleet-output-"));

  constructor(private readonly account: TestAccount) {
    const project = join(this.folder, "systems", "shop");
    mkdirSync(project, { recursive: true });
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    writeFileSync(
      join(project, "Pulumi.yaml"),
      "name: shop\nruntime:\n  name: nodejs\n  options: { typescript: true }\nmain: index.ts\n",
    );
    writeFileSync(join(project, "index.ts"), program);
    writeFileSync(join(project, "Pulumi.dev.yaml"), "config: {}\n");
  }

  async deploy(parts: Pick<SystemOutputs, "queues" | "functions">): Promise<void> {
    const arn = `arn:aws:sns:ap-northeast-1:${this.account.accountId}:alerts`;
    const output: SystemOutputs = {
      version: 1,
      system: "shop",
      environment: "dev",
      region: "ap-northeast-1",
      accountId: this.account.accountId,
      fleets: {},
      pipelines: {},
      buckets: {},
      alarms: [],
      topics: { warning: arn, critical: arn },
      ...parts,
    };
    const project = join(this.folder, "systems", "shop");
    writeFileSync(join(project, "output.json"), JSON.stringify(output));
    const up = ["up", "--yes", "--skip-preview", "-s", "dev", "-C", project];
    const { code, stdout, stderr } = await start(this.environment(), ...up).done;
    if (code !== 0) throw new Error(`${stdout}${stderr}`);
  }

  /** `ops`, as a person without a terminal runs it. */
  ops(parameters: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<CommandEnd> {
    return new Promise((done) => {
      execFile(
        process.execPath,
        [join(root, "ops/bin/ops.js"), ...parameters, "--local"],
        { env: { ...this.environment(), ...more } },
        (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
      ...this.account.environment(),
      PULUMI_LOCAL_HOME: join(this.folder, "home"),
      QUEUEFLEET_SYSTEMS: join(this.folder, "systems"),
      XDG_STATE_HOME: join(this.folder, "state"),
      NO_COLOR: "1",
    };
  }
}
