import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const root = resolve(__dirname, "..");
const pulumiLocal = join(root, "local/bin/pulumi-local.js");
const resourcesPerPair = 4;

/** `npm run bench -- many-queues 250 1000`: previews programs with 250 and with 1,000 queue pairs in the embedded
 *  engine and prints the time and the most memory that each of its processes took (Linux only). */
export async function manyQueues(sizes: readonly number[]): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "many-queues-"));
  const environment = { ...process.env, PULUMI_LOCAL_HOME: home };
  const cloud = (verb: "start" | "stop") =>
    spawnSync(process.execPath, [pulumiLocal, "cloud", verb], {
      env: environment,
      stdio: ["ignore", "ignore", "inherit"],
    });
  cloud("start");
  try {
    for (const pairs of sizes) process.stdout.write(await preview(pairs, environment));
  } finally {
    cloud("stop");
    rmSync(home, { recursive: true, force: true });
  }
}

async function preview(pairs: number, environment: NodeJS.ProcessEnv): Promise<string> {
  // In the folder of the program, because Pulumi.yaml contains paths relative to its folder.
  const project = join(root, "bench/programs/.build");
  cpSync(join(root, "bench/programs/many-queues"), project, { recursive: true });
  const config = `config:\n  aws:region: ap-northeast-1\n  many-queues:pairs: ${pairs}\n`;
  writeFileSync(join(project, "Pulumi.dev.yaml"), config);
  try {
    const began = performance.now();
    const child = spawn(process.execPath, [pulumiLocal, "preview", "-s", "dev", "-C", project], {
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let messages = "";
    child.stderr.on("data", (text) => (messages += String(text)));
    const memory = new Map<string, number>();
    const ended = once(child, "close");
    let running = true;
    void ended.then(() => (running = false));
    while (running) {
      notePeaks(child.pid ?? 0, memory);
      await wait(100);
    }
    const [code] = (await ended) as [number | null];
    if (code !== 0) {
      throw new Error(`The preview of ${pairs} queue pairs ended with ${code}:\n${messages}`);
    }
    const seconds = (performance.now() - began) / 1000;
    const peaks = [...memory].map(([process, kib]) => `${process} ${Math.round(kib / 1024)} MiB`);
    return `${pairs * resourcesPerPair} resources: ${seconds.toFixed(1)} s; ${peaks.join(", ")}\n`;
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** The peak memory of the started process and of each of its descendants, as Linux records it. */
function notePeaks(top: number, memory: Map<string, number>): void {
  const family = new Set([top]);
  for (const pid of processIds()) {
    const status = read(`/proc/${pid}/status`);
    if (!family.has(pid) && !family.has(field(status, "PPid"))) continue;
    family.add(pid);
    const name = nameOf(read(`/proc/${pid}/cmdline`));
    if (name === undefined) continue;
    memory.set(name, Math.max(memory.get(name) ?? 0, field(status, "VmHWM")));
  }
}

/** Parents before their children. */
const processIds = () =>
  (read("/proc/self/stat") === "" ? [] : readdirSync("/proc"))
    .map(Number)
    .filter((pid) => pid > 0)
    .sort((a, b) => a - b);

const field = (status: string, name: string) =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);

function nameOf(commandLine: string): string | undefined {
  if (commandLine.includes("/cmd/run")) return "program";
  if (commandLine.includes("plugin/start.cjs")) return "provider";
  return commandLine.includes("pulumi-local.js") ? "engine" : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The process has ended in the meantime.
    return "";
  }
}
