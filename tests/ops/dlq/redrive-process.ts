import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { RedriveResult } from "../../../ops/dlq/redrive/redrive";
import type { RedriveTask } from "./redrive-program";

/** The program as one file: it starts in a fifth of the time that the sources take. */
export class RedriveBundle {
  private constructor(private readonly folder: string) {}

  static async build(): Promise<RedriveBundle> {
    const bundle = new RedriveBundle(mkdtempSync(join(tmpdir(), "queuefleet-redrive-")));
    await build({
      entryPoints: [join(__dirname, "redrive-program.ts")],
      bundle: true,
      platform: "node",
      target: "node22",
      outfile: bundle.file,
      logLevel: "silent",
    });
    return bundle;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Undefined if it was killed. */
  start(task: RedriveTask): {
    done: Promise<RedriveResult | undefined>;
    kill: () => Promise<void>;
  } {
    const child = spawn(process.execPath, [this.file], {
      env: { ...process.env, REDRIVE_TASK: JSON.stringify(task) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (part: Buffer) => (said += part.toString()));
    const done = new Promise<RedriveResult | undefined>((settle, reject) => {
      child.once("error", reject);
      child.once("close", () =>
        settle(said === "" ? undefined : (JSON.parse(said) as RedriveResult)),
      );
    });
    return {
      done,
      kill: async () => {
        child.kill("SIGKILL");
        await done;
      },
    };
  }

  private get file(): string {
    return join(this.folder, "redrive.js");
  }
}
