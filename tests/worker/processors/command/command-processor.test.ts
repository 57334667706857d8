import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { PermanentError, UnavailableError } from "../../../../worker/job/errors";
import { createCommandProcessor } from "../../../../worker/processors/command";
import { eventually } from "../../../support/eventually";
import { uploadEvent } from "../../upload-event";
import { recordingLog } from "../../consumer/recording-log";

describe("the command processor", () => {
  const s3 = new S3Client({ region: "ap-northeast-1" });
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "queuefleet-command-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  after(() => s3.destroy());

  const message = {
    ...{ id: "1", receiveCount: 1, sentAt: undefined, groupId: undefined },
    attributes: {},
  };
  /** What the processor throws; undefined if the message is done. */
  const run = (
    command: string[],
    {
      signal = new AbortController().signal,
      attempt = 1,
    }: { signal?: AbortSignal; attempt?: number } = {},
    process = createCommandProcessor({ command, s3, killAfterMs: 100_000 }),
    body = "body",
  ): Promise<unknown> =>
    process(
      { ...message, body },
      {
        ...{ signal, attempt, maxAttempts: 3, log: recordingLog([]), reportFiles: () => undefined },
      },
    ).then(
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
    "an empty file": () => [script("empty")],
    "a binary of another machine": () => {
      const header = Buffer.alloc(4096);
      header.write("\x7fELF\x02\x01\x01");
      writeFileSync(join(folder, "binary"), header, { mode: 0o755 });
      return [join(folder, "binary")];
    },
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

  it("runs the program of that name, and no command of a shell", async () => {
    expect(await run(["exit"])).to.be.instanceOf(UnavailableError);
    expect(await run(["[", "a b", "=", "a b", "]"])).to.equal(undefined);
    expect(await run([script("plain", "exit 65")])).to.be.instanceOf(PermanentError);
  });

  it("hands over each argument as it is", async () => {
    const file = join(folder, "arguments");
    const odd = ["", "a b", "$HOME", "'\"`", "*", "-n", "two\nlines"];
    await run(sh('for each; do printf "%s|" "$each"; done > "$0"', file, ...odd));
    expect(readFileSync(file, "utf8")).to.equal(odd.map((each) => `${each}|`).join(""));
  });

  it("says by which signal a program was ended", async () => {
    const failure = await run(sh("kill -SEGV $$"));
    expect(String(failure)).to.equal("Error: the program was ended by SIGSEGV");
  });

  it("leaves no program running that ignores SIGTERM", async () => {
    const [begun, pid] = [join(folder, "begun"), join(folder, "pid")];
    const stop = new AbortController();
    const command = sh(`trap '' TERM; echo $$ > "$1"; touch "$0"; exec sleep 100`, begun, pid);
    const process = createCommandProcessor({ command, s3, killAfterMs: 50 });
    const ended = run(command, { signal: stop.signal }, process);
    await eventually("it has begun", () => exists(begun));
    stop.abort(new Error("the worker stops"));
    expect(String(await ended)).to.equal("Error: the worker stops");
    await eventually(
      "it has ended",
      () => !exists(`/proc/${readFileSync(pid, "utf8").trim()}/stat`),
    );
  });

  describe("with done marks", () => {
    const doneMark = (messageId: string) => join(folder, `done-${messageId}`);
    const isMarked = () => exists(doneMark("1"));
    const marking = (command: string[], signal?: AbortSignal) =>
      run(command, { signal }, createCommandProcessor({ command, s3, doneMark }));

    it("leaves a mark when the program succeeds, and only then", async () => {
      for (const code of [1, 65, 126]) {
        await marking(sh(`exit ${code}`));
        expect(isMarked()).to.equal(false);
      }
      await marking(sh("exit 0"));
      expect(isMarked()).to.equal(true);
    });

    it("leaves none for a program that we told to stop and that ends well", async () => {
      const begun = join(folder, "begun");
      const stop = new AbortController();
      const ended = marking(
        sh(`trap 'exit 0' TERM; touch "$0"; while :; do sleep 0.05; done`, begun),
        stop.signal,
      );
      await eventually("it has begun", () => exists(begun));
      stop.abort(new Error("the worker stops"));
      await ended;
      expect(isMarked()).to.equal(false);
    });

    it("leaves it for the last object of a message only", async () => {
      const seen = join(folder, "seen");
      const command = sh(`[ ! -e "$1" ]; echo "$S3_KEY $?" >> "$0"`, seen, doneMark("1"));
      const body = `{"Records":[${["first", "last"].map(removal).join()}]}`;
      await run(command, {}, createCommandProcessor({ command, s3, doneMark }), body);
      expect(readFileSync(seen, "utf8")).to.equal("first 0\nlast 0\n");
      expect(isMarked()).to.equal(true);
    });
  });

  it("gives the program its input whole, as a file", async () => {
    const file = join(folder, "length");
    const body = "ü".repeat(400_000);
    const command = sh('[ -f /dev/stdin ] && wc -c > "$0"', file);
    expect(await run(command, {}, createCommandProcessor({ command, s3 }), body)).to.equal(
      undefined,
    );
    expect(readFileSync(file, "utf8").trim()).to.equal("800000");
  });

  it("tells the program which attempt it is", async () => {
    const file = join(folder, "count");
    await run(sh('echo "$RECEIVE_COUNT" > "$0"', file), { attempt: 2 });
    expect(readFileSync(file, "utf8")).to.equal("2\n");
  });
});

/** A record of an event: the object was removed, so there is nothing to download. */
function removal(key: string): string {
  const event = JSON.parse(uploadEvent("bucket", key)) as { Records: object[] };
  return JSON.stringify({ ...event.Records[0], eventName: "ObjectRemoved:Delete" });
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}
