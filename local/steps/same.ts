import type { Registration } from "../state/goal";
import type { ResourceState } from "../state/resource-state";
import { isProviderType } from "../values/urn";
import { Step, type StepContext } from "./step";

/** The resource does not change. Also used for a resource that is not a target: it is kept (`untargeted`)
 *  or is not created (`skippedCreate`). */
export class SameStep extends Step {
  readonly operation = "same";
  readonly logical = true;

  constructor(
    readonly old: ResourceState,
    readonly next: ResourceState,
    override readonly registration: Registration | undefined = undefined,
    readonly why: "unchanged" | "untargeted" | "skippedCreate" = "unchanged",
  ) {
    super();
  }

  async apply(context: StepContext): Promise<void> {
    this.next.id = this.old.id;
    this.next.outputs = this.old.outputs;
    if (isProviderType(this.next.type) && this.why === "unchanged") {
      // With the old inputs: a change that the provider does not report as a difference must not be sent to it in
      // some updates only.
      await context.providers.same({ ...this.next, inputs: this.old.inputs }, true);
    }
  }

  override complete(): void {
    this.registration?.succeed(this.next, this.why === "skippedCreate");
  }
}
