import type { CallbackServer, HookCall } from "./callback-server";
import type { Program } from "./monitor-program";
import type { Outcome } from "./test-stack";

/** A hook for every moment, with a name that says which. */
export const everyMoment = {
  beforeCreateList: ["before create"],
  afterCreateList: ["after create"],
  beforeUpdateList: ["before update"],
  afterUpdateList: ["after update"],
  beforeDeleteList: ["before delete"],
  afterDeleteList: ["after delete"],
};

/** Hooks that record their calls and arguments. */
export class HookNotes {
  readonly calls: HookCall[] = [];
  /** "hook resource", in the order of the calls. */
  readonly trail: string[] = [];

  constructor(private readonly callbacks: CallbackServer) {}

  hook(name: string, error = "") {
    return this.callbacks.hook((call) => {
      this.trail.push(`${name} ${call.name}`);
      this.calls.push(call);
      return error;
    });
  }

  async registerAll(program: Program): Promise<void> {
    for (const name of Object.values(everyMoment).flat()) {
      await program.hook(name, this.hook(name));
    }
  }
}

export function warningsOf({ events }: Outcome): string[] {
  return events.flatMap((event) =>
    event.type === "diagnostic" && event.severity === "warning" ? event.message : [],
  );
}
