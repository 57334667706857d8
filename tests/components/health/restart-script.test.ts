import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { restartScript } from "../../../components/health/restart-document";

describe("the script that restarts a container", () => {
  const folder = mkdtempSync(join(tmpdir(), "queuefleet-restart-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Programs that answer as a test says, and write down how they were called. */
  const program = (name: string, script: string) => {
    const bin = join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\necho "${name} $*" >> "${folder}/calls"\n${script}\n`,
    );
    chmodSync(join(bin, name), 0o755);
  };

  /** `states`: what `docker inspect` says at its first and second call. */
  function run(states: [string, string], { restartFails = false } = {}) {
    rmSync(join(folder, "calls"), { force: true });
    states.forEach((state, index) => writeFileSync(join(folder, `state${index}`), state));
    program("sleep", "exit 0");
    program("curl", "printf 200");
    program(
      "docker",
      `case "$1" in
        restart) ${restartFails ? "echo 'No such container' >&2; exit 1" : 'echo "$2"'} ;;
        inspect) cat "${folder}/state0"; mv "${folder}/state1" "${folder}/state0" 2>/dev/null ;;
        logs) echo "the last lines" ;;
      esac`,
    );
    const script = restartScript({ "emotion-api": "http://localhost:8018/health" });
    const { status, stdout, stderr } = spawnSync(
      "sh",
      ["-c", script.replace("{{ container }}", "emotion-api")],
      {
        encoding: "utf8",
        env: { ...process.env, PATH: [join(folder, "bin"), process.env.PATH].join(delimiter) },
      },
    );
    const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
    return { status, stdout, stderr, calls };
  }

  const state = (startedAt: string, running = true) =>
    `[{ "State": {\n "Running": ${running},\n "StartedAt": "${startedAt}"\n }}]\n`;

  it("asks the API inside the host first, then restarts the container and sees that it stays up", () => {
    const { status, stdout, calls } = run([state("10:00:00"), state("10:00:00")]);
    expect(status).to.equal(0);
    expect(stdout.split("\n")).to.include.members([
      "inside, before the restart: 200",
      "emotion-api is up",
    ]);
    expect(calls[0]).to.include("curl").and.include("http://localhost:8018/health");
    expect(calls[1]).to.equal("docker restart emotion-api");
  });

  it("fails when Docker cannot restart it", () => {
    const { status, stderr, calls } = run([state("a"), state("a")], { restartFails: true });
    expect(status).to.equal(1);
    expect(stderr).to.include("No such container");
    expect(calls.filter((call) => call.startsWith("docker"))).to.have.length(1);
  });

  for (const [what, after] of [
    ["has ended", state("10:00:00", false)],
    ["was started again meanwhile", state("10:00:09")],
    ["is gone", ""],
  ] as const) {
    it(`fails with its last lines when it ${what}`, () => {
      const { status, stderr } = run([state("10:00:00"), after]);
      expect(status).to.equal(1);
      expect(stderr).to.include("emotion-api does not stay up").and.include("the last lines");
    });
  }
});
