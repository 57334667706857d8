import { z } from "zod";
import { isAdoptable, isOwn, type Entry } from "../../contracts/adoption";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";
import { pulumiFor } from "../estate/pulumi-command";
import { entriesInService, listTypes } from "./entries";
import { assertAllRead, inspect, type Target } from "./inspect";
import type { Clients } from "./inspectors";
import { nameIn } from "./planned";

const exported = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string(),
          type: z.string(),
          inputs: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .optional(),
  }),
});

/** The resources in a stack's state that can be adopted, or were. */
export async function deployedResources(
  environment: string,
  system: string,
  options: { local: boolean },
): Promise<Target[]> {
  const text = await pulumiFor(environment, system, ["stack", "export"], options).catch(
    (error: Error) => {
      if (!/has no state yet|no stack named/.test(error.message)) throw error;
      const message = `Nothing of ${system} ${environment} is deployed yet: first run \`up\`. (${error.message})`;
      throw new OpsError(message, exitCodes.stackNotFound);
    },
  );
  const { resources = [] } = exported.parse(JSON.parse(text)).deployment;
  return resources
    .filter(({ urn }) => isAdoptable(urn))
    .map(({ urn, type, inputs = {} }) => ({ name: nameIn(urn), type, inputs }));
}

export function assertImported(adopt: readonly string[], deployed: readonly Target[]): void {
  const waiting = adopt.filter((name) => !deployed.some((one) => one.name === name));
  if (waiting.length === 0) return;
  throw new OpsError(
    `Not imported yet: ${waiting.join(", ")}. First run \`up\`, which imports them; then run this again. If \`up\` says that one does not exist, somebody has removed it since: \`ops adopt\` looks again. Nothing was changed.`,
  );
}

/** What the deployed resources have besides what the program has made, as their services describe it now: by name. A state
 *  is not enough: a provider's inputs have no empty values, and somebody may have changed something since. */
export async function foreignEntries(
  deployed: readonly Target[],
  clients: Clients,
): Promise<Record<string, Entry[]>> {
  const { found, faults } = await inspect(
    deployed.filter(({ type }) => listTypes.includes(type)),
    clients,
  );
  assertAllRead(faults);
  const all = found.map(({ name, type, existing = {} }) => {
    const entries = entriesInService(type, existing);
    return [name, entries.filter((entry) => !isOwn(entry))] as const;
  });
  return Object.fromEntries(all);
}

/** As it is written into the configuration. */
export const keptValue = ({ value }: Entry): unknown => JSON.parse(JSON.stringify(value));
