import { z } from "zod";
import type { Credentials, Scope } from "./scope";

const answer = z
  .object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string() })
  .nullable();

/** What EC2's metadata service gives to a machine: the credentials of the role in its instance profile. They do not expire.
 *  Undefined: it has no such role. */
export const machineSession = (
  { endpoint, accountId: account, region }: Scope,
  instance: string,
): Promise<Credentials | undefined> =>
  ask(endpoint, "machine-credentials", { account, region, instance });

/** What a service gets that assumes the role. AWS gives it to nobody else; tests try what it may not do. */
export async function serviceSession(
  { endpoint, accountId: account }: Scope,
  role: string,
): Promise<Credentials> {
  const session = await ask(endpoint, "role-session", { account, role });
  if (session === undefined) throw new Error(`There is no role ${role}.`);
  return session;
}

async function ask(
  endpoint: string,
  path: string,
  request: object,
): Promise<Credentials | undefined> {
  const body = JSON.stringify(request);
  const response = await fetch(`${endpoint}/_local/${path}`, { method: "POST", body });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return answer.parse(await response.json()) ?? undefined;
}
