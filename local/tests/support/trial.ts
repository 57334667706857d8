import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { embeddedCloud } from "../../../tests/support/cloud";
import { environmentWithout, start } from "../../../tests/support/run-cli";
import { copyProgram } from "./fixtures";

interface Answer {
  ok: boolean;
  exitCode: number;
  steps: { op: string; urn: string }[];
  changeSummary: Record<string, number>;
  outputs: Record<string, unknown>;
  policyViolations: { rule: string; enforcement: string; message: string }[];
  diagnostics: { message: string; severity: string }[];
}

/** The set-up for tests of the command line: a copy of a fixture program, and a separate account and home. */
export type Trial = Awaited<ReturnType<typeof createTrial>>;

/** For the tests of one `describe`; what they are given goes away after each. */
export function trials(): (program?: string) => Promise<Trial> {
  let made: Trial[] = [];
  afterEach(() => {
    for (const trial of made) trial.remove();
    made = [];
  });
  return async (program = "two-queues") => {
    const trial = await createTrial(program);
    made.push(trial);
    return trial;
  };
}

async function createTrial(name: string) {
  const cloud = await embeddedCloud();
  const account = cloud.account();
  const home = mkdtempSync(join(tmpdir(), "queuefleet-home-"));
  const program = copyProgram(name);
  const environment: NodeJS.ProcessEnv = {
    ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
    ...account.environment(),
    PULUMI_LOCAL_HOME: home,
    // One for the whole test run; it goes with the cloud's home.
    NODE_COMPILE_CACHE: join(cloud.home, "compile-cache"),
    NO_COLOR: "1",
  };

  const run = (...parameters: string[]) =>
    start(environment, ...parameters, "-s", "dev", "-C", program.folder).done;

  async function json(...parameters: string[]): Promise<Answer & { code: number | null }> {
    const { code, stdout, stderr } = await run(...parameters, "--json");
    try {
      return { ...(JSON.parse(stdout) as Answer), code };
    } catch {
      return expect.fail(`no JSON on stdout (code ${code}):\n${stdout}\n${stderr}`);
    }
  }

  return {
    account,
    home,
    program,
    environment,
    run,
    json,
    /** Without the preview, where the test is about what comes after. */
    deploy: async () => {
      const up = await json("up", "--yes", "--skip-preview");
      expect(up.code, JSON.stringify(up.diagnostics)).to.equal(0);
    },
    setConfig: (lines: string[]) => {
      const config = ["aws:region: ap-northeast-1", ...lines].map((line) => `  ${line}\n`);
      writeFileSync(join(program.folder, "Pulumi.dev.yaml"), `config:\n${config.join("")}`);
    },
    stateFile: () =>
      readFileSync(join(home, "state", ".pulumi", "stacks", "two-queues", "dev.json"), "utf8"),
    remove: () => {
      rmSync(home, { recursive: true, force: true });
      program.remove();
    },
  };
}
