import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { PermanentError, UnavailableError } from "../../../../worker/job/errors";
import { createCommandProcessor } from "../../../../worker/processors/command";
import { eventually } from "../../../support/eventually";
import { recordingLog } from "../../consumer/recording-log";

describe("the command processor", () => {
  const s3 = new S3Client({ region: "ap-northeast-1" });
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "queuefleet-command-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  after(() => s3.destroy());

  const message = {
    ...{ id: "1", body: "body", receiveCount: 1, sentAt: undefined, groupId: undefined },
    attributes: {},
  };
  /** What the processor throws; undefined if the message is done. */
  const run = (
    command: string[],
    { signal = new AbortController().signal, attempt = 1 } = {},
    process = createCommandProcessor({ command, s3, killAfterMs: 100_000 }),
  ): Promise<unknown> =>
    process(message, {
      ...{ signal, attempt, maxAttempts: 3, log: recordingLog([]), reportFiles: () => undefined },
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
  const script = (name: string, ...lines: string[]) => {
    const file = join(folder, name);
    writeFileSync(file, lines.join("\n"));
    chmodSync(file, 0o755);
    return file;
  };
  const sh = (text: string, ...rest: string[]) => ["sh", "-c", text, ...rest];

  it("is done at exit code 0, refuses at 65, and fails at every other", async () => {
    expect(await run(sh("exit 0"))).to.equal(undefined);
    expect(await run(sh("echo no >&2; exit 65"))).to.be.instanceOf(PermanentError);
    const failure = await run(sh("exit 3"));
    expect(String(failure)).to.equal("Error: the program ended with exit code 3");
  });

  for (const code of [0, 65, 1]) {
    it(`decides nothing by exit code ${code} of a program that we terminated`, async () => {
      const begun = join(folder, "begun");
      const stop = new AbortController();
      const ended = run(
        sh(`trap 'exit ${code}' TERM; touch "$0"; while :; do sleep 0.05; done`, begun),
        {
          signal: stop.signal,
        },
      );
      await eventually("it has begun", () => exists(begun));
      const reason = new Error("the worker stops");
      stop.abort(reason);
      expect(await ended).to.equal(reason);
    });
  }

  const outages: Record<string, () => string[]> = {
    "a program that is not there": () => [join(folder, "missing")],
    "a program that is not on the PATH": () => ["queuefleet-no-such-program"],
    "a folder": () => {
      mkdirSync(join(folder, "folder"));
      return [join(folder, "folder")];
    },
    "a file that is not executable": () => {
      writeFileSync(join(folder, "plain"), "exit 0");
      return [join(folder, "plain")];
    },
    "a script whose interpreter is not there": () => [
      script("bad", "#!/no/such/interpreter", "exit 0"),
    ],
    "a shell that does not find its program": () => sh("queuefleet-no-such-program"),
    "a shell that may not start its program": () => sh(folder),
    "an env that does not find its program": () => ["/usr/bin/env", "queuefleet-no-such-program"],
  };
  for (const [name, command] of Object.entries(outages)) {
    it(`does not blame the message for ${name}`, async () => {
      const failure = await run(command());
      expect(failure).to.be.instanceOf(UnavailableError);
      expect(String(failure)).to.match(/^UnavailableError: the program cannot be used: /);
    });
  }

  it("does not blame the message for a script that disappears while the worker runs", async () => {
    const file = script("work.sh", "exit 0");
    const command = ["sh", file];
    const process = createCommandProcessor({ command, s3 });
    expect(await run(command, {}, process)).to.equal(undefined);
    rmSync(file);
    const failure = await run(command, {}, process);
    expect(failure).to.be.instanceOf(UnavailableError);
    expect(String(failure)).to.include(`${file} is gone`);
  });

  it("tells the program which attempt it is", async () => {
    const file = join(folder, "count");
    await run(sh('echo "$RECEIVE_COUNT" > "$0"', file), { attempt: 2 });
    expect(readFileSync(file, "utf8")).to.equal("2\n");
  });
});

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}
