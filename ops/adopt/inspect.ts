import { OpsError } from "../cli/fault";
import { inspectors, type Clients, type Existing, type Inspector } from "./inspectors";

/** A resource that could exist before it is created. */
export interface Target {
  name: string;
  type: string;
  inputs: Record<string, unknown>;
}

/** And what exists of it. */
export interface Found extends Target {
  target: string;
  existing: Existing | undefined;
}

/** One that cannot be read. */
export interface ReadFault extends Target {
  target: string;
  reason: string;
}

/** Looks up those whose type can be adopted. */
export async function inspect(
  resources: readonly Target[],
  clients: Clients,
): Promise<{ found: Found[]; faults: ReadFault[] }> {
  const all = await Promise.all(
    resources.flatMap(({ name, type, inputs }) => {
      const inspector = inspectors[type];
      if (inspector === undefined) return [];
      const target = inspector.target(inputs);
      return inspector.read(clients, target).then(
        (existing): Found => ({ name, type, inputs, target, existing }),
        async (error: Error): Promise<ReadFault> => ({
          ...{ name, type, inputs, target },
          reason: whyUnread(inspector, error, await clients.s3.config.region()),
        }),
      );
    }),
  );
  const isFault = (one: Found | ReadFault): one is ReadFault => "reason" in one;
  return {
    found: all.filter((one): one is Found => !isFault(one)),
    faults: all.filter(isFault),
  };
}

/** Names all that cannot be read. */
export function assertAllRead(faults: readonly ReadFault[]): void {
  if (faults.length === 0) return;
  const lines = faults.map(
    ({ name, target, reason }) => `${name} (${target}) cannot be inspected: ${reason}.`,
  );
  throw new OpsError([...lines, "Nothing was changed."].join("\n"));
}

function whyUnread({ reads }: Inspector, { name, message }: Error, region: string): string {
  if (/^(AccessDenied\w*|403)$/.test(name)) {
    const taken = reads.startsWith("s3:")
      ? ". If you have these rights, a bucket of this name belongs to another account"
      : "";
    return `${message}. Reading it needs ${reads}${taken}`;
  }
  if (/^(PermanentRedirect|AuthorizationHeaderMalformed|301)$/.test(name)) {
    return `${message}. It is not in ${region}: name its region with --region`;
  }
  return message;
}
