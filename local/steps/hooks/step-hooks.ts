import type { PropertyMap } from "../../values/property-value";
import { ResourceInitError } from "../../provider-client/provider";
import type { ResourceState } from "../../state/resource-state";
import type { HookMoment } from "../../state/hook-bindings";
import type { HookArguments, HookRegistry, ResourceHook } from "./hook-registry";

/** Maximum number of attempts of an operation. After that its error hooks are no longer called. */
const maxTries = 100;

type Values = Omit<HookArguments, "urn" | "id" | "type">;

export interface HookOutlet {
  readonly dryRun: boolean;
  warn(urn: string, message: string): void;
  error(urn: string, message: string): void;
}

/** Runs the hooks of resources before and after their steps. */
export class StepHooks {
  /** The step is done and saved, but the operation fails and stops. */
  hasFailed = false;

  constructor(
    private readonly registry: HookRegistry,
    private readonly outlet: HookOutlet,
  ) {}

  /** Throws the error of a hook. The step does not run then. */
  async before(
    moment: "BeforeCreate" | "BeforeUpdate" | "BeforeDelete",
    state: ResourceState,
    values: Values,
  ): Promise<void> {
    await this.run(moment, state, values);
  }

  /** Never throws: an error of a hook cannot undo the step. */
  async after(
    moment: "AfterCreate" | "AfterUpdate" | "AfterDelete",
    state: ResourceState,
    values: Values,
  ): Promise<void> {
    try {
      await this.run(moment, state, values);
    } catch (error) {
      this.hasFailed = true;
      this.outlet.error(state.urn, messageOf(error));
    }
  }

  /** Repeats the work as long as it fails and an error hook of the resource requests a retry. */
  async retried<T>(
    operation: "create" | "update" | "delete",
    state: ResourceState,
    values: Values,
    work: () => Promise<T>,
  ): Promise<T> {
    const failures: string[] = [];
    for (;;) {
      try {
        return await work();
      } catch (error) {
        failures.unshift(failureText(error));
        await this.allowRetry(operation, state, values, failures, error);
      }
    }
  }

  /** Throws the error of the operation, unless a retry is requested. */
  private async allowRetry(
    operation: "create" | "update" | "delete",
    state: ResourceState,
    values: Values,
    failures: string[],
    error: unknown,
  ): Promise<void> {
    const names = state.resourceHooks.OnError ?? [];
    if (names.length === 0) throw error;
    if (failures.length >= maxTries) {
      this.outlet.warn(state.urn, `maximum number of error hook retries (${maxTries}) reached`);
      // A resource that exists but is incomplete stays in the state.
      if (error instanceof ResourceInitError) throw error;
      throw new Error("maximum number of error hook retries reached", { cause: error });
    }
    let retry: boolean;
    try {
      retry = await this.ask(names, argumentsOf(state, values), operation, failures);
    } catch (hookError) {
      const message = `error hooks execution failed: ${messageOf(hookError)}`;
      if (operation !== "delete" && !(error instanceof ResourceInitError)) {
        throw new Error(message, { cause: hookError });
      }
      // The operation ends with the first failure. The failure of the hook is reported here, because nothing else
      // shows it.
      this.outlet.warn(state.urn, message);
      throw error;
    }
    if (!retry) throw error;
    const count = `${failures.length}/${maxTries}`;
    this.outlet.warn(state.urn, `retrying ${operation} due to on-error hook request (${count})`);
  }

  /** All error hooks are called, also if the first one has already requested a retry. */
  private async ask(
    names: string[],
    subject: HookArguments,
    operation: string,
    failures: string[],
  ): Promise<boolean> {
    let retry = false;
    for (const name of names) {
      const hook = this.registry.errorHooks.get(name);
      if (hook === undefined) throw new Error(`error hook "${name}" was not registered`);
      try {
        if (await hook.ask(subject, operation, failures)) retry = true;
      } catch (error) {
        throw new Error(`error hook "${name}" failed: ${messageOf(error)}`, { cause: error });
      }
    }
    return retry;
  }

  private async run(moment: HookMoment, state: ResourceState, values: Values): Promise<void> {
    for (const name of state.resourceHooks[moment] ?? []) {
      const hook = this.registry.resourceHooks.get(name);
      if (hook === undefined) throw new Error(`hook "${name}" was not registered`);
      if (this.outlet.dryRun && !hook.onDryRun) continue;
      await this.runOne(hook, name, moment, argumentsOf(state, values));
    }
  }

  private async runOne(
    hook: ResourceHook,
    name: string,
    moment: HookMoment,
    subject: HookArguments,
  ): Promise<void> {
    try {
      await hook.run(subject);
    } catch (error) {
      const message = `hook "${name}" failed: ${messageOf(error)}`;
      if (!hook.ignoreErrors) {
        const when = moment.startsWith("Before") ? "before" : "after";
        throw new Error(`${when} ${message}`, { cause: error });
      }
      this.outlet.warn(subject.urn, `${moment} ${message}`);
    }
  }
}

function argumentsOf({ urn, id, type }: ResourceState, values: Values): HookArguments {
  return { urn, id, type, ...values };
}

/** An error hook may read the message, so it has the same format as in Pulumi's engine. */
function failureText(error: unknown): string {
  if (!(error instanceof ResourceInitError) || error.reasons.length === 0) return messageOf(error);
  const { reasons } = error;
  const count = reasons.length === 1 ? "1 error" : `${reasons.length} errors`;
  return `${count} occurred:\n\t${reasons.map((reason) => `* ${reason}`).join("\n\t")}\n\n`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Inputs and outputs of the resource before the operation. */
export function oldValues(old: ResourceState): { oldInputs: PropertyMap; oldOutputs: PropertyMap } {
  return { oldInputs: old.inputs, oldOutputs: old.outputs ?? {} };
}
