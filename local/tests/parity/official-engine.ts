import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { TestAccount } from "../../../tests/support/cloud";
import type { Engine } from "./engine";
import { run } from "./engine";
import type { Observed, ObservedStep } from "./observed";
import type { Program } from "./project";
import { parityProject } from "./project";

interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  new?: { inputs: unknown } | null;
  detailedDiff: Record<string, { diffKind: string; inputDiff: boolean }> | null;
  keys?: string[] | null;
}

/** A line of the CLI's event log. */
interface LoggedEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  policyEvent?: {
    policyName: string;
    enforcementLevel: string;
    severity?: string;
    resourceUrn?: string;
    message: string;
  };
  summaryEvent?: { resourceChanges: Record<string, number> };
}

export async function officialEngine(options: {
  cli: string;
  folder: string;
  program: Program;
  stack: string;
  account: TestAccount;
  passphrase: string;
}): Promise<Engine> {
  const { cli, folder, stack, account } = options;
  const project = parityProject(join(folder, "project"), options.program, account.accountId);
  const state = join(folder, "state");
  mkdirSync(state, { recursive: true });
  const env = () => ({
    ...process.env,
    ...account.environment(),
    PULUMI_HOME: join(folder, "pulumi-home"),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: options.passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The log of events is a flag for developers of Pulumi.
    PULUMI_DEBUG_COMMANDS: "true",
    // Never asks a registry for a plugin: the one provider is in the project file.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  });
  const log = join(folder, "events.json");
  const operate = async (verb: string, flags: string[]): Promise<Observed> => {
    rmSync(log, { force: true });
    const args = [verb, "-s", stack, "--non-interactive", "--event-log", log, ...flags];
    const { exitCode, stdout, stderr } = await run(cli, args, { cwd: project, env: env() });
    const events = readEvents(log);
    if (events.length === 0) throw new Error(`pulumi ${verb} failed:\n${stdout}${stderr}`);
    return { exitCode, report: `${stdout}${stderr}`, ...observe(events, verb === "refresh") };
  };
  const { name } = parse(readFileSync(join(project, "Pulumi.yaml"), "utf8")) as { name: string };
  const created = await run(cli, ["stack", "init", stack, "--non-interactive"], {
    cwd: project,
    env: env(),
  });
  if (created.exitCode !== 0) throw new Error(`pulumi stack init failed:\n${created.stderr}`);
  return {
    account,
    checkpointFile: join(state, ".pulumi/stacks", name, `${stack}.json`),
    preview: (flags = []) => operate("preview", flags),
    up: (flags = []) => operate("up", ["--yes", "--skip-preview", ...flags]),
    refresh: (flags = []) => operate("refresh", ["--yes", "--skip-preview", ...flags]),
    detectDrift: () => operate("refresh", ["--preview-only", "--expect-no-changes"]),
    destroy: () => operate("destroy", ["--yes", "--skip-preview"]),
  };
}

function readEvents(log: string): LoggedEvent[] {
  return readFileSync(log, { encoding: "utf8", flag: "a+" })
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LoggedEvent);
}

/** A refresh says what it found only once it has read the resource. */
function observe(events: LoggedEvent[], isRefresh: boolean): Omit<Observed, "exitCode" | "report"> {
  return {
    changes: events.findLast((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {},
    steps: events
      .map((event) => (isRefresh ? event.resOutputsEvent : event.resourcePreEvent)?.metadata)
      .filter((metadata) => metadata !== undefined)
      .filter(({ urn }) => !isDefaultProvider(urn))
      .map(toStep),
    violations: events.flatMap(({ policyEvent }) =>
      policyEvent === undefined
        ? []
        : [
            {
              rule: policyEvent.policyName,
              level: policyEvent.enforcementLevel,
              severity: policyEvent.severity,
              urn: policyEvent.resourceUrn,
              message: policyEvent.message,
            },
          ],
    ),
  };
}

/** Both displays leave them out. */
const isDefaultProvider = (urn: string) => /::pulumi:providers:\w+::default/.test(urn);

const toStep = ({ op, urn, new: after, detailedDiff, keys }: StepMetadata): ObservedStep => ({
  op,
  urn,
  inputs: after?.inputs ?? null,
  detailedDiff: Object.fromEntries(
    Object.entries(detailedDiff ?? {}).map(([path, { diffKind, inputDiff }]) => [
      path,
      { kind: diffKind, inputDiff },
    ]),
  ),
  replaceKeys: keys ?? [],
});
