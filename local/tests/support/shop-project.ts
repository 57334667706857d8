import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { openWorkspace, workspaceConfig } from "../../cli/workspace";
import { runOperation } from "../../operation/run-operation";
import type { EngineEvent } from "../../values/events";
import type { DeploymentV3 } from "../../state/deployment";
import type { OperationRequest } from "../../operation/request";
import { createProgramHost } from "../../program/program-host";
import { packageRoot } from "../../process/home";
import { outcome, type Outcome } from "./test-stack";

const fixtures = resolve(__dirname, "../fixtures");
const plugin = join(fixtures, "box-plugin");

/** The official CLI, if there is one on this machine. */
export function officialPulumi(): string | undefined {
  const found = spawnSync("sh", ["-c", "command -v pulumi"], { encoding: "utf8" });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

/** A fixture program of the project "shop" in a folder of its own, deployed by the embedded engine, by the official
 *  one, or by both on the same state. */
export class ShopProject {
  readonly folder = mkdtempSync(join(tmpdir(), "shop-"));
  readonly program = join(this.folder, "shop");
  readonly home = join(this.folder, "home");
  private readonly environment: NodeJS.ProcessEnv;

  constructor(program = "shop") {
    cpSync(join(fixtures, "programs", program), this.program, { recursive: true });
    symlinkSync(join(packageRoot, "node_modules"), join(this.program, "node_modules"));
    appendFileSync(
      join(this.program, "Pulumi.yaml"),
      `plugins:\n  providers:\n    - name: box\n      path: ${plugin}\n      version: 1.2.3\n`,
    );
    this.environment = {
      ...process.env,
      BOX_WORLD: join(this.folder, "world"),
      PULUMI_LOCAL_HOME: this.home,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_HOME: join(this.folder, "pulumi-home"),
      PULUMI_BACKEND_URL: `file://${join(this.home, "state")}`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      NO_COLOR: "1",
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** By the embedded engine. */
  async run(options: Pick<OperationRequest, "kind" | "dryRun">): Promise<Outcome> {
    return withEnvironment(this.environment, async () => {
      const workspace = openWorkspace({ stack: "dev", directory: this.program });
      const { project, secrets, reference } = workspace;
      const { values, secretKeys } = await workspaceConfig(workspace);
      const events: EngineEvent[] = [];
      const config = { config: values, secretKeys: [...secretKeys, "shop:password"] };
      const result = await runOperation({
        ...options,
        ...config,
        project: project.name,
        stack: "dev",
        directory: project.root,
        base: workspace.base,
        secrets,
        save: async (deployment) => {
          const providers = await secrets.provider();
          workspace.backend
            .checkpoint(reference)
            .write({ ...deployment, secrets_providers: providers });
        },
        program:
          options.kind === "update"
            ? createProgramHost({
                ...config,
                project: project.name,
                stack: "dev",
                organization: "organization",
                root: project.root,
                ...project.program,
                runtime: project.runtimeOptions,
                environment: this.environment,
              })
            : undefined,
        plugins: { box: { executable: join(plugin, "pulumi-resource-box") } },
        environment: this.environment,
        readStackOutputs: () => Promise.resolve(undefined),
        parallel: 8,
        signal: new AbortController().signal,
        onEvent: (event) => events.push(event),
      });
      return outcome(result, events);
    });
  }

  /** By the official CLI; answers what it printed. */
  official(...args: string[]): string {
    const cli = officialPulumi();
    if (cli === undefined) throw new Error("There is no official CLI on this machine");
    const path = `${dirname(cli)}:${join(packageRoot, "node_modules", ".bin")}:${process.env.PATH}`;
    return execFileSync(cli, ["--non-interactive", ...args], {
      cwd: this.program,
      env: { ...this.environment, PATH: path },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** A new, empty stack, with the same things in the cloud: none. */
  forget(): void {
    rmSync(join(this.folder, "world"), { recursive: true, force: true });
    rmSync(join(this.home, "state", ".pulumi"), { recursive: true, force: true });
  }

  /** The calls of hooks since the last call of this function: the time, and the arguments. */
  hookCalls(): [string, { name: string; [told: string]: unknown }][] {
    const file = join(this.folder, "hooks.jsonl");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    rmSync(file, { force: true });
    return lines
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as [string, { name: string }]);
  }

  checkpoint() {
    const file = join(this.home, "state", ".pulumi", "stacks", "shop", "dev.json");
    return JSON.parse(readFileSync(file, "utf8")) as {
      version: number;
      features?: string[];
      checkpoint: { latest: DeploymentV3 };
    };
  }

  state(): DeploymentV3 {
    return this.checkpoint().checkpoint.latest;
  }
}

async function withEnvironment<T>(
  environment: NodeJS.ProcessEnv,
  work: () => Promise<T>,
): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(process.env)) {
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, before);
  }
}
