import * as rpc from "@pulumi/pulumi/proto/resource_pb";
import type { CallbackClients } from "./callback-clients";
import type { PropertyMap } from "../../values/property-value";
import { parseUrn } from "../../values/urn";
import { toWire } from "../../values/wire-values";

/** The arguments of a hook. Some are missing: a create has no old inputs, a before-hook has no new outputs. */
export interface HookArguments {
  urn: string;
  id: string;
  type: string;
  newInputs?: PropertyMap;
  oldInputs?: PropertyMap;
  newOutputs?: PropertyMap;
  oldOutputs?: PropertyMap;
}

export interface ResourceHook {
  onDryRun: boolean;
  ignoreErrors: boolean;
  /** Throws the error of the hook. */
  run(subject: HookArguments): Promise<void>;
}

export interface ErrorHook {
  /** Whether to retry. The newest failure is the first. */
  ask(subject: HookArguments, operation: string, failures: string[]): Promise<boolean>;
}

/** The hooks of the running program, by name. */
export class HookRegistry {
  readonly resourceHooks = new Map<string, ResourceHook>();
  readonly errorHooks = new Map<string, ErrorHook>();

  register(request: rpc.RegisterResourceHookRequest, callbacks: CallbackClients): void {
    const name = this.freeName(request.getName());
    const call = callOf(request, callbacks);
    this.resourceHooks.set(name, {
      onDryRun: request.getOnDryRun(),
      ignoreErrors: request.getIgnoreErrors(),
      run: async (subject) => {
        const bytes = fill(new rpc.ResourceHookRequest(), subject).serializeBinary();
        const answer = rpc.ResourceHookResponse.deserializeBinary(await call(bytes));
        if (answer.getError() !== "") throw new Error(answer.getError());
      },
    });
  }

  registerErrorHook(request: rpc.RegisterErrorHookRequest, callbacks: CallbackClients): void {
    const name = this.freeName(request.getName());
    const call = callOf(request, callbacks);
    this.errorHooks.set(name, {
      ask: async (subject, operation, failures) => {
        const question = fill(new rpc.ErrorHookRequest(), subject);
        question.setFailedOperation(operation);
        question.setErrorsList(failures);
        const answer = rpc.ErrorHookResponse.deserializeBinary(
          await call(question.serializeBinary()),
        );
        if (answer.getError() !== "") throw new Error(answer.getError());
        return answer.getRetry();
      },
    });
  }

  private freeName(name: string): string {
    if (name === "") throw new Error("resource hook name cannot be empty");
    if (this.resourceHooks.has(name) || this.errorHooks.has(name)) {
      throw new Error(`resource hook already registered for name "${name}"`);
    }
    return name;
  }
}

function callOf(
  request: rpc.RegisterResourceHookRequest | rpc.RegisterErrorHookRequest,
  callbacks: CallbackClients,
): (bytes: Uint8Array) => Promise<Uint8Array> {
  const callback = request.getCallback();
  if (callback === undefined) throw new Error(`the hook "${request.getName()}" has no callback`);
  return (bytes) => callbacks.invoke(callback, bytes, "call of the program");
}

/** Secrets and unknowns are marked. The SDK converts them to types of its language. */
function fill<Message extends rpc.ResourceHookRequest | rpc.ErrorHookRequest>(
  message: Message,
  subject: HookArguments,
): Message {
  message.setUrn(subject.urn);
  message.setId(subject.id);
  message.setName(parseUrn(subject.urn).name);
  message.setType(subject.type);
  message.setNewInputs(wire(subject.newInputs));
  message.setOldInputs(wire(subject.oldInputs));
  message.setOldOutputs(wire(subject.oldOutputs));
  if (message instanceof rpc.ResourceHookRequest) message.setNewOutputs(wire(subject.newOutputs));
  return message;
}

function wire(properties: PropertyMap | undefined) {
  if (properties === undefined) return undefined;
  return toWire(properties, { unknowns: true, secrets: true, resources: true });
}
