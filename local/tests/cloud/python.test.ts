import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { packageRoot } from "../../process/home";

/** The folder of a package without anything installed under `.local/`. */
describe("the embedded cloud's Python", function () {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "queuefleet-python-"));
    for (const name of ["local", "start", "contracts", "package.json", "tsconfig.json"]) {
      cpSync(join(packageRoot, name), join(folder, name), { recursive: true });
    }
    symlinkSync(join(packageRoot, "node_modules"), join(folder, "node_modules"));
    path = join(folder, "path");
    mkdirSync(path);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A program of this name, as all that the PATH offers. */
  function onPath(name: string, script: string): void {
    writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(path, name), 0o755);
  }

  /** What `cloud start` says when it fails. */
  function complaint(environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const shim = join(folder, "local", "bin", "pulumi-local.js");
    const env = { PATH: path, HOME: folder, ...environment };
    return new Promise((settle, reject) =>
      execFile(process.execPath, [shim, "cloud", "start"], { env }, (error, stdout, stderr) =>
        error?.code === 1 ? settle(stderr) : reject(new Error(`did not fail:\n${stdout}${stderr}`)),
      ),
    );
  }

  it("says that it is missing, and how to name one", async () => {
    expect(await complaint()).to.equal(
      "error: Python 3.10 or newer is needed to install the embedded cloud (python3 and python: not found). " +
        "Install it, or set PYTHON to the interpreter to use.\n",
    );
  });

  it("says that it is too old, and which version was found", async () => {
    onPath("python3", "echo 3.9");
    expect(await complaint()).to.include(
      "Python 3.10 or newer is needed to install the embedded cloud (python3 is 3.9).",
    );
  });

  it("says that the interpreter named by PYTHON is not there", async () => {
    onPath("python3", "echo 3.12");
    expect(await complaint({ PYTHON: "/opt/none/python3" })).to.include(
      "(/opt/none/python3: not found)",
    );
  });

  it("says that the venv module is missing, and how to install it", async () => {
    onPath(
      "python3",
      'case "$1" in -c) echo 3.12;; *) echo "No module named venv" >&2; exit 1;; esac',
    );
    expect(await complaint())
      .to.include("installing the embedded cloud with python3 (once)")
      .and.include("python3 cannot make a virtual environment")
      .and.include("sudo apt-get install python3-venv");
  });

  it("says what pip said when the package index cannot be reached", async () => {
    // Makes an environment whose pip always fails.
    const pip =
      '#!/bin/sh\\necho "Could not find a version that satisfies ministack" >&2\\nexit 1\\n';
    const make = `/bin/mkdir -p "$3/bin"; printf '${pip}' > "$3/bin/python"; /bin/chmod +x "$3/bin/python"`;
    onPath("python3", `case "$1" in -c) echo 3.12;; *) ${make};; esac`);
    expect(await complaint())
      .to.include("pip could not install the embedded cloud: Could not find a version")
      .and.include("python3 -m pip config list");
  });
});
