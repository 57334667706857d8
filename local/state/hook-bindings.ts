import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** When a hook runs, with the names in Pulumi's state. */
export type HookMoment =
  | "BeforeCreate"
  | "AfterCreate"
  | "BeforeUpdate"
  | "AfterUpdate"
  | "BeforeDelete"
  | "AfterDelete"
  | "OnError";

/** Names of a resource's hooks by time. Times without hooks are left out. */
export type HookBindings = { [moment in HookMoment]?: string[] };

export function hookBindings(request: RegisterResourceRequest): HookBindings {
  const hooks = request.getHooks();
  if (hooks === undefined) return {};
  // In the order in which Pulumi writes them into the state.
  const all: Required<HookBindings> = {
    AfterCreate: hooks.getAfterCreateList(),
    AfterDelete: hooks.getAfterDeleteList(),
    AfterUpdate: hooks.getAfterUpdateList(),
    BeforeCreate: hooks.getBeforeCreateList(),
    BeforeDelete: hooks.getBeforeDeleteList(),
    BeforeUpdate: hooks.getBeforeUpdateList(),
    OnError: hooks.getOnErrorList(),
  };
  return Object.fromEntries(Object.entries(all).filter(([, names]) => names.length > 0));
}

/** The hooks that run when the resource is deleted. Only the program can run them. */
export function deleteHooks(bindings: HookBindings): string[] {
  return [...(bindings.BeforeDelete ?? []), ...(bindings.AfterDelete ?? [])];
}
