import type { EngineEvent } from "../values/events";
import type { DeploymentV3 } from "../state/deployment";
import type { OperationRequest, OperationResult } from "../operation/request";
import type { PolicyPacks } from "../policy/policy-host";
import { runOperation } from "../operation/run-operation";
import { equalMaps } from "../values/property-operations";
import type { Session } from "./session";
import { Collected } from "./display/collected";
import { digest, type Digest } from "./display/digest";
import { Progress } from "./display/progress";
import { renderReport } from "./display/report";
import { colorsFor } from "./display/style";
import { readStackOutputs } from "./workspace";

export interface PhaseOptions {
  kind: OperationRequest["kind"];
  dryRun: boolean;
  base: DeploymentV3 | undefined;
  /** "Previewing update", "Updating" … */
  title: string;
  /** Property by property below each resource. */
  details: boolean;
  /** Whether resources that do not change are shown. */
  sames: boolean;
}

export interface Phase {
  kind: PhaseOptions["kind"];
  result: OperationResult;
  collected: Collected;
  digest: Digest;
  /** Differences of resources or of outputs. */
  hasChanges: boolean;
}

/** Runs one preview, update, refresh or destroy. Shows the progress on stderr and the result on
 *  stdout (unless the output is JSON), and saves the state and the history. */
export async function runPhase(
  session: Session,
  policies: PolicyPacks | undefined,
  options: PhaseOptions,
): Promise<Phase> {
  const { workspace, json } = session;
  const { kind, dryRun } = options;
  const collected = new Collected();
  (json ? process.stderr : process.stdout).write(`${options.title} (${workspace.stack}):\n`);
  const progress = new Progress(
    process.stderr,
    colorsFor(process.stderr),
    options.title,
    kind === "update" ? "starting the program" : "reading the state",
  );
  const makeRoom = () => progress.erase();
  session.signal.addEventListener("abort", makeRoom);
  const onEvent = (event: EngineEvent) => {
    collected.add(event);
    progress.add(event);
  };
  const startTime = Math.floor(Date.now() / 1000);
  let result: OperationResult;
  try {
    result = await runOperation({
      kind,
      dryRun,
      project: workspace.project.name,
      stack: workspace.stack,
      directory: workspace.project.program.directory,
      config: session.config.values,
      secretKeys: session.config.secretKeys,
      base: options.base,
      secrets: workspace.secrets,
      save: (deployment) => save(session, deployment),
      program: kind === "update" ? session.program : undefined,
      plugins: session.plugins,
      environment: session.environment,
      readStackOutputs: (name) => readStackOutputs(workspace, name),
      policies: kind === "update" ? policies?.forOperation(dryRun, onEvent) : undefined,
      parallel: session.parallel,
      signal: session.signal,
      selection: session.selection,
      onEvent,
    });
  } finally {
    session.signal.removeEventListener("abort", makeRoom);
    progress.close();
  }
  const refresh = kind === "refresh";
  const { sames } = options;
  if (!json) {
    const colors = colorsFor(process.stdout);
    const details = options.details || refresh;
    process.stdout.write(
      `${renderReport(collected, { colors, dryRun, details, sames, refresh, columns: process.stdout.columns })}\n`,
    );
  }
  if (!dryRun) record(session, kind, collected, result, startTime);
  const ok = result.result === "succeeded";
  return {
    kind,
    result,
    collected,
    digest: digest(collected, { dryRun, refresh, sames, result: result.result, ok }),
    hasChanges: result.hasChanges || outputsDiffer(collected),
  };
}

async function save({ workspace }: Session, deployment: DeploymentV3): Promise<void> {
  const secretsProviders = await workspace.secrets.provider();
  workspace.backend
    .checkpoint(workspace.reference)
    .write({ ...deployment, secrets_providers: secretsProviders });
}

function record(
  { workspace, config }: Session,
  kind: OperationRequest["kind"],
  collected: Collected,
  { result }: OperationResult,
  startTime: number,
): void {
  const secret = new Set(config.secretKeys);
  workspace.backend.record(workspace.reference, {
    kind,
    startTime,
    endTime: Math.floor(Date.now() / 1000),
    message: "",
    result: result === "succeeded" ? "succeeded" : "failed",
    config: Object.fromEntries(Object.entries(config.values).filter(([key]) => !secret.has(key))),
    resourceChanges: collected.summary?.changes ?? {},
  });
}

function outputsDiffer({ summary }: Collected): boolean {
  return summary !== undefined && !equalMaps(summary.oldOutputs, summary.newOutputs);
}
