import { z } from "zod";
import { providerMark } from "../../contracts/adoption";
import { OpsError } from "../cli/fault";
import { pulumi, systemFolder } from "../estate/pulumi-command";
import { compareEntries, entriesInInputs, type Foreign } from "./entries";

const exported = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({
        urn: z.string(),
        type: z.string(),
        inputs: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  }),
});

type Inputs = Record<string, unknown>;

/** What the imported resources have besides what the program sets, from the state: by name of the resource. `own` is what
 *  the program plans for each. */
export async function foreignEntries(
  environment: string,
  system: string,
  own: ReadonlyMap<string, Inputs>,
  options: { local: boolean },
): Promise<Record<string, Foreign[]>> {
  const text = await pulumi(
    ["stack", "export", "-s", environment, "-C", systemFolder(system)],
    options,
  );
  const { resources } = exported.parse(JSON.parse(text)).deployment;
  const imported = new Set(resources.map(({ urn }) => urn.split("::").at(-1)));
  const waiting = [...own.keys()].filter((name) => !imported.has(name));
  if (waiting.length > 0) {
    throw new OpsError(
      `Not imported yet: ${waiting.join(", ")}. First run \`up\`, which imports them; then run this again. Nothing was changed.`,
    );
  }
  const found = resources.flatMap(({ urn, type, inputs = {} }) => {
    const name = urn.split("::").at(-1) ?? "";
    const planned = own.get(name);
    if (planned === undefined) return [];
    const actual = entriesInInputs(type, inputs);
    const { foreign } = compareEntries(type, actual, entriesInInputs(type, planned));
    return foreign.length === 0 ? [] : [[name, foreign] as const];
  });
  return Object.fromEntries(found);
}

/** As it is written into the configuration. A policy has each Sid once, so a statement beside one of the program's gives
 *  up its own. */
export function keptValue({ value, kept }: Foreign): unknown {
  const { Sid, ...rest } = value;
  return JSON.parse(
    JSON.stringify(kept === "beside" || Sid === undefined ? rest : value),
    (key, property: unknown) => (key === providerMark ? undefined : property),
  );
}
