import type { OperationState } from "./operation-state";
import { deleteHooks } from "../state/hook-bindings";

/** A destroy does not run the program, so it cannot run hooks. Returns whether any resource has hooks on its
 *  deletion, and reports these hooks. */
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
    "A destroy does not run the program, so it cannot run these hooks. Remove the hooks from the resources, run `pulumi-local up` " +
      "and then destroy; or use `destroy --run-program` of the Pulumi CLI, which runs them.",
  );
  return true;
}
