import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import lockfile from "proper-lockfile";
import { packageRoot } from "../process/home";
import { pipProgress } from "./pip-progress";

const run = promisify(execFile);

/** Python packages that are installed together. */
export interface PythonPackages {
  /** Name of the folder under `.local/`. It belongs to the package, not to a home: temporary homes share it. */
  folder: string;
  /** Absolute path of the list, pinned and with hashes. */
  requirements: string;
  /** For messages. */
  title: string;
}

const embeddedCloud: PythonPackages = {
  folder: "python",
  requirements: join(__dirname, "requirements.txt"),
  title: "the embedded cloud",
};

/** The folder of the programs of a virtual environment, which is installed on first use and again when the pinned list
 *  changes. */
export async function ensurePython(
  progress: (line: string) => void = () => {},
  packages = embeddedCloud,
): Promise<string> {
  const environment = join(packageRoot, ".local", packages.folder);
  const wanted = createHash("sha256")
    .update(await readFile(packages.requirements))
    .digest("hex");
  if (await isInstalled(environment, wanted)) return programs(environment);

  const folder = join(packageRoot, ".local");
  await mkdir(folder, { recursive: true });
  const release = await lockfile.lock(folder, {
    lockfilePath: `${environment}.lock`,
    stale: 30_000,
    retries: { forever: true, minTimeout: 200, maxTimeout: 500, maxRetryTime: 300_000 },
  });
  try {
    if (!(await isInstalled(environment, wanted))) {
      await install(environment, packages, progress);
      // Written last, so that an interrupted installation is repeated.
      await writeFile(marker(environment), wanted);
    }
  } finally {
    await release();
  }
  return programs(environment);
}

const programs = (environment: string) => join(environment, "bin");
const marker = (environment: string) => join(environment, "installed.sha256");

async function isInstalled(environment: string, wanted: string): Promise<boolean> {
  if (!existsSync(join(programs(environment), "python"))) return false;
  return (await readFile(marker(environment), "utf8").catch(() => "")) === wanted;
}

async function install(
  environment: string,
  { requirements, title }: PythonPackages,
  progress: (line: string) => void,
): Promise<void> {
  const python = await findPython(title);
  progress(`installing ${title} with ${python} (once)`);
  await rm(environment, { recursive: true, force: true });
  try {
    await run(python, ["-m", "venv", environment]);
  } catch (error) {
    throw new Error(
      `${python} cannot make a virtual environment: its venv module or ensurepip is missing. ` +
        "Install it (Debian and Ubuntu: `sudo apt-get install python3-venv`) and try again.",
      { cause: error },
    );
  }
  try {
    const pip = run(join(programs(environment), "python"), [
      ...["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-color"],
      ...["--progress-bar", "off", "--require-hashes", "--prefer-binary"],
      ...["--requirement", requirements],
    ]);
    if (pip.child.stdout !== null) {
      createInterface(pip.child.stdout).on("line", pipProgress(progress));
    }
    await pip;
  } catch (error) {
    throw new Error(
      `pip could not install ${title}: ${lastLines(error)}\n` +
        "It needs the Python package index once; check the network or your pip configuration " +
        `(\`${python} -m pip config list\`) and try again.`,
      { cause: error },
    );
  }
}

/** The interpreter in `PYTHON`, or else the first one on the PATH that is new enough. */
async function findPython(title: string): Promise<string> {
  const named = process.env.PYTHON;
  const candidates = named !== undefined ? [named] : ["python3", "python"];
  const found: string[] = [];
  for (const candidate of candidates) {
    const version = await pythonVersion(candidate);
    if (version === undefined) continue;
    if (isNewEnough(version)) return candidate;
    found.push(`${candidate} is ${version}`);
  }
  const what = found.length > 0 ? found.join(", ") : `${candidates.join(" and ")}: not found`;
  throw new Error(
    `Python 3.10 or newer is needed to install ${title} (${what}). ` +
      "Install it, or set PYTHON to the interpreter to use.",
  );
}

async function pythonVersion(command: string): Promise<string | undefined> {
  try {
    const script = "import sys; print('%d.%d' % sys.version_info[:2])";
    return (await run(command, ["-c", script])).stdout.trim();
  } catch {
    return undefined;
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 10);
}

function lastLines(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return text.trim().split("\n").slice(-5).join("\n");
}
