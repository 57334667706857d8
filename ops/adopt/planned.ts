import { z } from "zod";
import { pulumiFor } from "../estate/pulumi-command";

/** A resource's name in the program. */
export const nameIn = (urn: string): string => urn.split("::").at(-1) ?? "";

/** A resource of the program. */
export interface Planned {
  /** What the next update would do with it: "create", "same" … */
  op: string;
  urn: string;
  name: string;
  type: string;
  /** What the cloud calls it, if it exists. */
  id?: string;
  inputs: Record<string, unknown>;
}

const preview = z.object({
  steps: z.array(
    z.object({
      op: z.string(),
      urn: z.string(),
      newState: z
        .object({
          type: z.string(),
          id: z.string().optional(),
          inputs: z.record(z.string(), z.unknown()).optional(),
        })
        .optional(),
    }),
  ),
});

/** What the program has, from its preview: so the names are stated only there. */
export async function plannedResources(
  environment: string,
  system: string,
  options: { local: boolean },
): Promise<Planned[]> {
  const parameters = ["preview", "--json", "--show-sames"];
  const text = await pulumiFor(environment, system, parameters, options);
  return preview.parse(JSON.parse(text)).steps.flatMap(({ op, urn, newState }) =>
    newState === undefined
      ? []
      : [
          {
            op,
            urn,
            name: nameIn(urn),
            type: newState.type,
            id: newState.id,
            inputs: newState.inputs ?? {},
          },
        ],
  );
}
