import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const started = '{"level":"info","msg":"worker started"}';

/** The unit of the worker, as systemd shows it to the scripts. The bundle says how its worker behaves: it "works",
 *  "crashes", or "waits" for something; a "slow" one stops only at the second signal. */
const systemctl = `#!/bin/bash
cd "$FAKE_MACHINE"
echo "systemctl $*" >>calls
stopped() { echo '{"level":"info","msg":"stopped: 3 done, 0 dead-lettered, 2 released"}' >>log; echo inactive >state; }
case $1 in
  start)
    echo 0 >restarts
    case $(cat worker.js) in
      *works*) echo '${started}' >>log; echo active >state ;;
      *crashes*) echo 7 >restarts; echo failed >state ;;
      *waits*) echo active >state ;;
    esac ;;
  stop) if grep -q slow worker.js && [[ $(cat state) == active ]]; then echo deactivating >state; else stopped; fi ;;
  kill) stopped ;;
  show) cat restarts ;;
  is-active) if [[ $2 != --quiet ]]; then cat state; fi; [[ $(cat state) == active ]] ;;
esac
`;

/** Answers from the folder: objects by their key, lifecycle actions with the error in the file "refusal". */
const aws = `#!/bin/bash
cd "$FAKE_MACHINE"
echo "aws $*" >>calls
case "$1 $2" in
  "s3api get-object")
    while (($# > 1)); do if [[ $1 == --key ]]; then key=$2; fi; shift; done
    cp -- "objects/\${key##*/}" "$1" ;;
  autoscaling*) if [[ -f refusal ]]; then cat refusal >&2; exit 254; fi ;;
esac
`;

const curl = `#!/bin/bash
if [[ $* == */meta-data/instance-id* ]]; then printf i-0123456789abcdef0; else printf token; fi
`;

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A folder in which a machine's scripts run, with commands that behave as on the machine. */
export class FakeMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "queuefleet-machine-"));

  constructor(bundle: string) {
    mkdirSync(join(this.folder, "objects"));
    mkdirSync(join(this.folder, "bin"));
    this.command("systemctl", systemctl);
    this.command("aws", aws);
    this.command("curl", curl);
    this.write("worker.js", bundle);
    this.write("state", "active\n");
    this.write("restarts", "0\n");
    this.write("log", "");
    this.write("calls", "");
    this.write(
      "worker.env",
      "QUEUE_URL=https://q\nAWS_REGION=ap-northeast-1\nWORKER_BUNDLE_BUCKET=shop-scripts\n" +
        `WORKER_BUNDLE_KEY=worker/${sha256(bundle)}.js\nWORKER_BUNDLE_SHA256=${sha256(bundle)}\n`,
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  read(name: string): string {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  /** Stores a bundle in the bucket. Returns its hash. */
  stores(bundle: string): string {
    this.write(join("objects", `${sha256(bundle)}.js`), bundle);
    return sha256(bundle);
  }

  says(text: string): void {
    this.write("log", `${this.read("log")}${text}\n`);
  }

  /** Runs a script of the machine. Resolves when it has ended. */
  run(script: string, variables: Record<string, string> = {}) {
    const here = script
      .replaceAll("/etc/queuefleet/", `${this.folder}/`)
      .replaceAll("/opt/queuefleet/", `${this.folder}/`)
      .replaceAll("/var/log/queuefleet-worker.log", join(this.folder, "log"));
    this.command("script", here);
    const PATH = `${join(this.folder, "bin")}:${process.env.PATH ?? ""}`;
    const env = { PATH, FAKE_MACHINE: this.folder, ...variables };
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(join(this.folder, "bin", "script"), { env }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  }

  private command(name: string, text: string): void {
    const path = join(this.folder, "bin", name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }
}
