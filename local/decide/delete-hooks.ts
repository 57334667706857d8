import type { OperationState } from "./operation-state";
import { deleteHooks } from "../state/hook-bindings";

/** A destroy runs no program, and hooks are functions of one. Answers whether any resource has hooks on its
 *  deletion, and says which. */
export function refuseDeleteHooks({ previous, reporter }: OperationState): boolean {
  const hooked = previous.filter(({ resourceHooks }) => deleteHooks(resourceHooks).length > 0);
  if (hooked.length === 0) return false;
  for (const { urn, resourceHooks } of hooked) {
    reporter.message(
      "error",
      "Resource has delete hooks registered, but the program is not running. " +
        `Hooks: ${deleteHooks(resourceHooks).join(", ")}`,
      urn,
    );
  }
  reporter.message(
    "error",
    "A destroy does not run the program, which has these hooks. Take them off the resources, run `pulumi-local up` " +
      "and destroy then; or use the Pulumi CLI, whose `destroy --run-program` runs them.",
  );
  return true;
}
