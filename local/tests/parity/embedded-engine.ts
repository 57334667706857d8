import { join, resolve } from "node:path";
import { parse } from "yaml";
import { readFileSync } from "node:fs";
import type { TestAccount } from "../../../tests/support/cloud";
import type { Engine } from "./engine";
import { run } from "./engine";
import type { Observed } from "./observed";
import type { Program } from "./project";
import { parityProject } from "./project";

const cli = resolve(__dirname, "../../bin/pulumi-local.js");

interface Digest {
  steps: {
    op: string;
    urn: string;
    newState?: { inputs: unknown };
    detailedDiff: unknown;
    replaceReasons?: unknown;
  }[];
  diagnostics: { message: string }[];
  policyViolations: {
    rule: string;
    enforcement: string;
    severity?: string;
    urn?: string;
    message: string;
  }[];
  changeSummary: Record<string, number>;
}

export function embeddedEngine(options: {
  folder: string;
  program: Program;
  stack: string;
  account: TestAccount;
  passphrase: string;
}): Engine {
  const { folder, stack, account } = options;
  const project = parityProject(join(folder, "project"), options.program, account.accountId);
  const home = join(folder, "home");
  const env = () => ({
    ...process.env,
    ...account.environment(),
    PULUMI_LOCAL_HOME: home,
    PULUMI_CONFIG_PASSPHRASE: options.passphrase,
  });
  const operate = async (verb: string, flags: string[]): Promise<Observed> => {
    const args = [cli, verb, "-s", stack, "--json", "--show-sames", ...flags];
    const { exitCode, stdout, stderr } = await run(process.execPath, args, {
      cwd: project,
      env: env(),
    });
    if (!stdout.startsWith("{")) throw new Error(`pulumi-local ${verb} failed:\n${stderr}`);
    const digest = JSON.parse(stdout) as Digest;
    if (!Array.isArray(digest.steps)) throw new Error(`pulumi-local ${verb}: ${stdout}${stderr}`);
    return {
      exitCode,
      report: `${stderr}${digest.diagnostics.map(({ message }) => message).join("\n")}`,
      changes: digest.changeSummary,
      steps: digest.steps.map(({ op, urn, newState, detailedDiff, replaceReasons }) => ({
        op,
        urn,
        inputs: newState?.inputs ?? null,
        detailedDiff: detailedDiff ?? {},
        replaceKeys: replaceReasons ?? [],
      })),
      violations: digest.policyViolations.map(({ rule, enforcement, severity, urn, message }) => ({
        rule,
        level: enforcement,
        severity,
        urn,
        message,
      })),
    };
  };
  const { name } = parse(readFileSync(join(project, "Pulumi.yaml"), "utf8")) as { name: string };
  return {
    account,
    checkpointFile: join(home, "state/.pulumi/stacks", name, `${stack}.json`),
    preview: (flags = []) => operate("preview", flags),
    up: (flags = []) => operate("up", ["--yes", "--skip-preview", ...flags]),
    refresh: (flags = []) => operate("refresh", ["--yes", "--skip-preview", ...flags]),
    detectDrift: () => operate("refresh", ["--preview-only", "--expect-no-changes"]),
    destroy: () => operate("destroy", ["--yes", "--skip-preview"]),
  };
}
