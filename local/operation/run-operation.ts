import { BuiltinProvider } from "../provider-client/builtin-provider";
import { CheckpointValues } from "../state/checkpoint-values";
import { DefaultProviders } from "../provider-client/default-providers";
import { DeploymentRun } from "../decide/deployment-run";
import { EngineServer } from "./engine-service";
import { serve } from "../process/grpc";
import { refuseDeleteHooks } from "../decide/delete-hooks";
import { ResourceMonitor } from "../program/monitor";
import type { OperationRequest, OperationResult } from "./request";
import type { ProgramHost } from "../program/program-host";
import { Bail, OperationState } from "../decide/operation-state";
import { PluginHost } from "../provider-client/plugin-host";
import { ProgramFailed } from "../program/program-host";
import type { PropertyMap } from "../values/property-value";
import { ProviderRegistry } from "../provider-client/provider-registry";
import { refreshRun } from "../decide/refresh-run";
import { Reporter } from "../steps/reporter";
import { readResource, type ResourceState } from "../state/resource-state";
import { Selection } from "../decide/selection";
import { SnapshotManager } from "../state/snapshot";
import { assertKnownUrns } from "../decide/targets";
import { rootStackType } from "../values/urn";

/** How long a program may run after the operation has stopped. */
const programGraceMs = 3_000;

/** Runs one operation on one stack: an update, a refresh or a destroy, or a preview of one of them. */
export async function runOperation(request: OperationRequest): Promise<OperationResult> {
  const reporter = new Reporter((event) => request.onEvent(event), request.dryRun);
  const engine = new EngineServer(reporter);
  const engineServer = await serve((server) => engine.serve(server));
  const plugins = new PluginHost({
    plugins: request.plugins,
    directory: request.directory,
    environment: request.environment,
    engineAddress: engineServer.address,
    onOutput: (packageName, line) => reporter.message("info#err", `${packageName}: ${line}`),
  });
  try {
    request.onEvent({ type: "prelude", config: shownConfig(request) });
    return await new Operation(request, reporter, engineServer.address, plugins).run();
  } finally {
    await plugins.close();
    engineServer.close();
  }
}

class Operation {
  private readonly values: CheckpointValues;
  private readonly selection: Selection;

  constructor(
    private readonly request: OperationRequest,
    private readonly reporter: Reporter,
    private readonly engineAddress: string,
    private readonly plugins: PluginHost,
  ) {
    this.values = new CheckpointValues(request.secrets);
    this.selection = new Selection(request.selection);
  }

  async run(): Promise<OperationResult> {
    const { request, reporter, values } = this;
    const previous: ResourceState[] = [];
    for (const resource of request.base?.resources ?? []) {
      previous.push(await readResource(resource, values));
    }
    this.warnOfPendingOperations();
    const oldOutputs = outputsOf(previous);
    const find: { resource: (urn: string) => ResourceState | undefined } = {
      resource: () => undefined,
    };
    const builtin = new BuiltinProvider({
      readStackOutputs: (name) => request.readStackOutputs(name),
      findResource: (urn) => find.resource(urn),
    });
    const providers = new ProviderRegistry(
      (name) => (name === "pulumi" ? Promise.resolve(builtin) : this.plugins.start(name)),
      () => previous,
    );
    const state = new OperationState(
      {
        dryRun: request.dryRun,
        stack: request.stack,
        project: request.project,
        selection: this.selection,
        policies: request.policies,
      },
      previous,
      providers,
      reporter,
    );
    const snapshot = this.snapshotOf(previous);
    try {
      this.assertTargets(previous);
      const { failed, outputs } =
        request.kind === "refresh"
          ? await this.refresh(state, snapshot)
          : await this.deploy(state, snapshot, find);
      const deployment = snapshot === undefined ? request.base : await snapshot.finish();
      const result = request.signal.aborted ? "cancelled" : failed ? "failed" : "succeeded";
      reporter.summary(result, oldOutputs, outputs);
      const { hasChanges, stateDiffers } = reporter;
      return { result, hasChanges, stateDiffers, outputs, deployment };
    } finally {
      await providers.close();
    }
  }

  /** The preview of a refresh returns the expected state, so that an update can be previewed with it. */
  private snapshotOf(previous: ResourceState[]): SnapshotManager | undefined {
    const { request, values } = this;
    if (!request.dryRun) return new SnapshotManager(previous, request, values);
    if (request.kind !== "refresh") return undefined;
    const { base } = request;
    return new SnapshotManager(previous, { base, save: () => Promise.resolve() }, values);
  }

  private async refresh(state: OperationState, snapshot: SnapshotManager | undefined) {
    const refresh = refreshRun(state, this.request.parallel);
    const stopListening = onAbort(this.request.signal, () => refresh.halt());
    try {
      const { resources, failed } = await refresh.run();
      snapshot?.rebase(resources);
      return { failed, outputs: outputsOf(resources) };
    } finally {
      stopListening();
    }
  }

  private async deploy(
    state: OperationState,
    snapshot: SnapshotManager | undefined,
    find: { resource: (urn: string) => ResourceState | undefined },
  ): Promise<{ failed: boolean; outputs: PropertyMap }> {
    const run = new DeploymentRun(state, snapshot, this.request.parallel);
    find.resource = (urn) => run.findResource(urn);
    const stopListening = onAbort(this.request.signal, () => run.halt());
    try {
      const { program } = this.request;
      if (program !== undefined) await this.runProgram(program, state, run);
      else if (refuseDeleteHooks(state))
        return { failed: true, outputs: outputsOf(state.previous) };
      else await run.finish();
      return { failed: run.failed, outputs: run.outputs };
    } finally {
      stopListening();
    }
  }

  private async runProgram(
    program: ProgramHost,
    state: OperationState,
    run: DeploymentRun,
  ): Promise<void> {
    const { request } = this;
    for (const name of Object.keys(request.plugins)) this.plugins.prepare(name);
    let release: () => void = () => undefined;
    const monitor = new ResourceMonitor({
      run,
      providers: state.providers,
      defaults: new DefaultProviders(
        { values: request.config, secretKeys: request.secretKeys },
        (goal) => run.register(goal),
      ),
      directory: request.directory,
      dryRun: request.dryRun,
      hooks: state.hookRegistry,
      finished: new Promise((resolve) => (release = resolve)),
    });
    const server = await serve((grpc) => monitor.serve(grpc));
    const abort = new AbortController();
    const stopListening = onAbort(request.signal, () => void run.over.then(() => abort.abort()));
    const ended = program
      .run({
        monitorAddress: server.address,
        engineAddress: this.engineAddress,
        dryRun: request.dryRun,
        parallel: request.parallel,
        signal: abort.signal,
        onOutput: ({ stream, text }) => {
          // After the operation has stopped, the program only prints errors about the closed connection.
          if (run.isStopped) return;
          this.reporter.message(stream === "stderr" ? "info#err" : "info", text);
        },
      })
      .catch((error: unknown) => this.programFailed(run, error));
    let timer: NodeJS.Timeout | undefined;
    void run.over.then(() => {
      timer = setTimeout(() => abort.abort(), programGraceMs);
    });
    try {
      await Promise.race([ended, monitor.programEnded, run.stopped]);
      await run.finish();
      release();
      await ended;
    } finally {
      clearTimeout(timer);
      stopListening();
      server.close();
      monitor.close();
    }
  }

  /** If the program ends because the operation was stopped, this is not an error of the program. */
  private programFailed(run: DeploymentRun, error: unknown): void {
    if (run.isStopped) return;
    const isReported = error instanceof ProgramFailed && error.reported;
    run.fail(isReported ? new Bail(error.message) : error);
  }

  private warnOfPendingOperations(): void {
    const pending = this.request.base?.pending_operations ?? [];
    if (pending.length === 0 || this.request.dryRun) return;
    const list = pending.map(
      ({ type, resource }) => `  - ${resource.urn}, interrupted while ${type}`,
    );
    this.reporter.message(
      "warning",
      "Attempting to deploy or update resources with pending operations from the previous deployment:\n" +
        `${list.join("\n")}\n` +
        "These resources are in an unknown state because the engine was interrupted while waiting for changes to " +
        "complete. Check in the cloud whether they exist; `refresh --clear-pending-creates` then forgets that they were " +
        "being created.",
    );
  }

  private assertTargets(previous: ResourceState[]): void {
    if (this.request.program !== undefined) return;
    const known = new Set(previous.map(({ urn }) => urn));
    assertKnownUrns(this.selection.named, (urn) => known.has(urn));
  }
}

function outputsOf(resources: ResourceState[]): PropertyMap {
  const stack = resources.find(({ type, parent }) => type === rootStackType && parent === "");
  return stack?.outputs ?? {};
}

function shownConfig(request: OperationRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.config).map(([key, value]) => [
      key,
      request.secretKeys.includes(key) ? "[secret]" : value,
    ]),
  );
}

/** Works also if the signal was aborted before. */
function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) act();
  signal.addEventListener("abort", act);
  return () => signal.removeEventListener("abort", act);
}
