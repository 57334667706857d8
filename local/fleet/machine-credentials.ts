import { machineSession } from "../cloud/role-session";
import type { Credentials, Scope } from "../cloud/scope";

export type MachineScope = Scope & { credentials: () => Promise<Credentials> };

/** A scope in which a machine acts with the role of its instance profile. */
export function asMachine(scope: Scope, instanceId: string): MachineScope {
  let known: Credentials | undefined;
  // Kept: a machine that is being terminated may be unknown to the cloud before its last call.
  const credentials = async () => {
    known ??= await machineSession(scope, instanceId);
    if (known !== undefined) return known;
    throw new Error(
      `${instanceId} has no credentials: its launch template names no instance profile with a role that ec2.amazonaws.com may assume`,
    );
  };
  return { ...scope, credentials };
}
