import { z } from "zod";
import type { Credentials, Scope } from "../cloud/scope";

const answer = z
  .object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string() })
  .nullable();

/** A scope in which a machine acts with the role of its instance profile. */
export function asMachine(scope: Scope, instanceId: string): MachineScope {
  let known: Credentials | undefined;
  // They do not expire here. A machine that is being terminated may be unknown to the cloud before its last call.
  const credentials = async () => (known ??= await fromMetadata(scope, instanceId));
  return { ...scope, credentials };
}

export type MachineScope = Scope & { credentials: () => Promise<Credentials> };

/** What EC2's metadata service gives to a machine. */
async function fromMetadata(
  { endpoint, accountId, region }: Scope,
  instanceId: string,
): Promise<Credentials> {
  const response = await fetch(`${endpoint}/_local/machine-credentials`, {
    method: "POST",
    body: JSON.stringify({ account: accountId, region, instance: instanceId }),
  });
  if (!response.ok) throw new Error(`the metadata service answered ${response.status}`);
  const credentials = answer.parse(await response.json());
  if (credentials !== null) return credentials;
  throw new Error(
    `${instanceId} has no credentials: its launch template names no instance profile with a role that ec2.amazonaws.com may assume`,
  );
}
