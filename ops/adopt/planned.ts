import { z } from "zod";
import { pulumi, systemFolder } from "../estate/pulumi-command";

/** A resource that the next update would create. */
export interface Planned {
  /** Its name in the program. */
  name: string;
  type: string;
  inputs: Record<string, unknown>;
}

const preview = z.object({
  steps: z.array(
    z.object({
      op: z.string(),
      urn: z.string(),
      newState: z
        .object({ type: z.string(), inputs: z.record(z.string(), z.unknown()).optional() })
        .optional(),
    }),
  ),
});

/** What the program would create (with `all`: what it has at all), from its preview: so the names are stated only there. */
export async function plannedResources(
  environment: string,
  system: string,
  options: { local: boolean; all?: boolean },
): Promise<Planned[]> {
  const text = await pulumi(
    ["preview", "--json", "-s", environment, "-C", systemFolder(system)],
    options,
  );
  return preview.parse(JSON.parse(text)).steps.flatMap(({ op, urn, newState }) =>
    (op === "create" || options.all === true) && newState !== undefined
      ? [
          {
            name: urn.split("::").at(-1) ?? "",
            type: newState.type,
            inputs: newState.inputs ?? {},
          },
        ]
      : [],
  );
}
