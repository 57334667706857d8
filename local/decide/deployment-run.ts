import { status } from "@grpc/grpc-js";
import { generateDeletes, scheduleDeletes } from "./delete-order";
import { Registration, type Goal, type ReadGoal, type Registered } from "../state/goal";
import { RpcError } from "../process/grpc";
import { Bail, type OperationState } from "./operation-state";
import { checkStackPolicies } from "./policy-check";
import type { PropertyMap } from "../values/property-value";
import type { ResourceState } from "../state/resource-state";
import type { SnapshotManager } from "../state/snapshot";
import { StepExecutor } from "../steps/step-executor";
import { StepGenerator, type Generated } from "./step-generator";
import type { Step } from "../steps/step";
import { assertKnownUrns } from "./targets";
import { createUrn, parseUrn, rootStackType } from "../values/urn";

/** An update, a preview of an update, or a destroy: decides and executes the steps for each registered resource, and
 *  deletes the resources that are no longer registered. */
export class DeploymentRun {
  private readonly generator: StepGenerator;
  private readonly executor: StepExecutor;
  private queue: Promise<unknown> = Promise.resolve();
  private readonly active = new Set<Promise<void>>();
  /** The last step of every resource. Outputs that are registered later are stored there. */
  private readonly steps = new Map<string, Step>();
  private stackOutputs: { urn: string; outputs: PropertyMap } | undefined;
  private hasFailed = false;

  constructor(
    private readonly state: OperationState,
    private readonly snapshot: SnapshotManager | undefined,
    parallel: number,
  ) {
    this.generator = new StepGenerator(state);
    this.executor = new StepExecutor({
      parallel,
      context: state,
      reporter: state.reporter,
      snapshot,
      onDone: (step) => this.record(step),
    });
    this.over = this.stopped.then(() => this.idle());
  }

  /** Resolves when no step runs any more. The program must run until then, because hooks of the last steps need it. */
  readonly over: Promise<void>;

  /** Resolves when no further step will be started. */
  get stopped(): Promise<void> {
    return this.executor.stopped;
  }

  get isStopped(): boolean {
    return this.executor.isStopped;
  }

  get failed(): boolean {
    return this.hasFailed || this.state.sawError || this.executor.failed.length > 0;
  }

  /** Starts no further steps. Running steps are finished. */
  halt(): void {
    this.executor.halt();
  }

  fail(error: unknown, urn?: string): void {
    this.hasFailed = true;
    if (!(error instanceof Bail)) {
      const message = error instanceof Error ? error.message : String(error);
      this.state.reporter.message("error", message, urn);
    }
    this.halt();
  }

  register(goal: Goal): Promise<Registered> {
    const registration = new Registration();
    this.submit(goal, () => this.generator.register(goal, registration));
    return this.unlessStopped(registration.done);
  }

  read(goal: ReadGoal): Promise<Registered> {
    const registration = new Registration();
    this.submit(goal, () => this.generator.read(goal, registration));
    return this.unlessStopped(registration.done);
  }

  registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
    if (parseUrn(urn).qualifiedType === rootStackType) {
      // Written at the end, when it is known whether the program has succeeded.
      this.stackOutputs = { urn, outputs };
      return Promise.resolve();
    }
    const done = this.exclusively(() => this.setOutputs(urn, outputs));
    this.track(done.catch(() => undefined));
    return this.unlessStopped(done);
  }

  findResource(urn: string): ResourceState | undefined {
    return this.state.news.get(urn) ?? this.state.readStates.get(urn);
  }

  /** After the program has ended: deletes resources that it did not register, writes the outputs, and checks the
   *  policies. */
  async finish(): Promise<void> {
    await this.settled();
    if (!this.isStopped && !this.hasFailed) {
      try {
        await this.deleteLeftOvers();
        const { selection, urns, olds } = this.state;
        assertKnownUrns(selection.named, (urn) => urns.has(urn) || olds.has(urn));
      } catch (error) {
        this.fail(error);
      }
    }
    await this.executor.idle();
    if (this.stackOutputs !== undefined) {
      const { urn, outputs } = this.stackOutputs;
      const kept = this.failed ? { ...this.state.olds.get(urn)?.outputs, ...outputs } : outputs;
      await this.setOutputs(urn, kept);
    }
    if (this.isStopped || this.hasFailed || this.executor.failed.length > 0) return;
    try {
      await checkStackPolicies(this.state);
    } catch (error) {
      this.fail(error);
    }
  }

  get outputs(): PropertyMap {
    const { stack, project } = this.state.scope;
    const urn = createUrn(stack, project, "", rootStackType, `${project}-${stack}`);
    return this.state.news.get(urn)?.outputs ?? {};
  }

  private async deleteLeftOvers(): Promise<void> {
    const { sames, deletes } = await this.exclusively(() => generateDeletes(this.state));
    await this.executor.run(sames);
    const spared = new Set<ResourceState>();
    for (const group of scheduleDeletes(this.state, deletes)) {
      // A resource that could not be deleted still needs its dependencies.
      for (const { resource } of this.executor.failed) {
        if (!this.state.graph.has(resource)) continue;
        for (const needed of this.state.graph.transitiveDependenciesOf(resource)) {
          spared.add(needed);
        }
      }
      const steps = group.filter((step) => !spared.has(step.resource));
      await Promise.all(steps.map((step) => this.executor.run([step])));
    }
  }

  private submit(
    about: { parent: string; type: string; name: string },
    generate: () => Promise<Generated>,
  ): void {
    this.track(
      this.carryOut(generate).catch((error: unknown) => this.fail(error, this.urnOf(about))),
    );
  }

  private track(work: Promise<void>): void {
    const tracked = work.finally(() => this.active.delete(tracked));
    this.active.add(tracked);
  }

  private async carryOut(generate: () => Promise<Generated>): Promise<void> {
    let next: (() => Promise<Generated>) | undefined = generate;
    while (next !== undefined && !this.isStopped) {
      const decide: () => Promise<Generated> = next;
      // Started before the next decision, so that steps run in the order in which they were decided.
      const { after, running } = await this.exclusively(async () => {
        const generated = await decide();
        return { after: generated.after, running: this.executor.run(generated.steps) };
      });
      await running;
      next = after;
    }
  }

  private async setOutputs(urn: string, outputs: PropertyMap): Promise<void> {
    const step = this.steps.get(urn);
    if (step?.next === undefined) {
      if (this.isStopped) return;
      throw new Error(`cannot complete a resource '${urn}' whose registration isn't pending`);
    }
    if ("why" in step && step.why === "skippedCreate") return;
    step.next.outputs = outputs;
    if (!step.next.custom) await step.afterHooks(this.state);
    this.state.reporter.outputs(step);
    await this.snapshot?.outputsChanged(step);
    if (this.state.hooks.hasFailed) this.halt();
  }

  private record(step: Step): void {
    const { next } = step;
    if (next === undefined) return;
    this.steps.set(next.urn, step);
    if (step.operation === "replace") return;
    const isRead = step.operation === "read" || step.operation === "read-replacement";
    (isRead ? this.state.readStates : this.state.news).set(next.urn, next);
  }

  private async settled(): Promise<void> {
    while (this.active.size > 0) await Promise.all(this.active);
  }

  private async idle(): Promise<void> {
    await this.settled();
    await this.executor.idle();
  }

  /** Decisions are made one at a time. */
  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private unlessStopped<T>(answer: Promise<T>): Promise<T> {
    const refused = this.over.then(() => {
      throw new RpcError(status.UNAVAILABLE, "resource monitor shut down");
    });
    // A result that already exists is used, even if the operation is stopping.
    return Promise.race([answer, refused]);
  }

  private urnOf(about: { parent: string; type: string; name: string }): string | undefined {
    const { stack, project } = this.state.scope;
    const parentType = about.parent === "" ? "" : parseUrn(about.parent).qualifiedType;
    const within = parentType === rootStackType ? "" : parentType;
    return createUrn(stack, project, within, about.type, about.name);
  }
}
