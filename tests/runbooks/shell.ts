import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** Reads names of files, and runs each in this shell, so that variables stay. ERR also sees commands in the middle. */
const loop = `
set -o errtrace -o pipefail
trap 'failed="$BASH_COMMAND"' ERR
while IFS= read -r file <&3; do
  failed=""
  source "$file"
  printf '\\n<end of block>%s\\n' "$failed"
done`;

/** A person's shell, in which one command is given after another. */
export class Shell {
  private readonly child: ChildProcess;
  private said = "";
  private count = 0;

  constructor(
    private readonly folder: string,
    environment: NodeJS.ProcessEnv,
  ) {
    mkdirSync(folder, { recursive: true });
    this.child = spawn("bash", ["-c", loop], {
      cwd: folder,
      env: environment,
      stdio: ["pipe", "pipe", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (part: Buffer) => (this.said += part.toString()));
    }
  }

  /** Resolves to what the commands printed. Rejects if one of them failed. `typed` is what a person types. */
  async run(text: string, typed = ""): Promise<string> {
    this.said = "";
    this.count += 1;
    const file = join(this.folder, `block-${this.count}.sh`);
    writeFileSync(file, text);
    if (typed !== "") this.child.stdin?.write(`${typed}\n`);
    (this.child.stdio[3] as NodeJS.WritableStream).write(`${file}\n`);
    while (!/<end of block>.*\n/.test(this.said)) {
      if (this.child.exitCode !== null) throw new Error(`The shell ended:\n${this.said}`);
      await once(this.child.stdout as Readable, "data");
    }
    const [printed = "", failed = ""] = this.said.split("\n<end of block>");
    if (failed.trim() !== "") throw new Error(`${failed.trim()} failed:\n${text}\n${printed}`);
    return printed;
  }

  close(): void {
    this.child.kill();
  }
}
