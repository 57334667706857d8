import { table } from "../cli/output";
import { purposes, type Need } from "./needs";
import type { Missing } from "./simulate";

/** The missing rights, with those of one resource together. */
export function missingTable(missing: readonly Missing[]): string {
  const rows = Map.groupBy(missing, (one) => JSON.stringify([one.resource, one.for, reason(one)]));
  return table(
    ["on", "missing", "for", "because"],
    [...rows.values()].flatMap((some) => {
      const [first] = some;
      if (first === undefined) return [];
      const actions = some.map(({ action }) => action).join("\n");
      return [[first.resource, actions, first.for.join(", "), reason(first)]];
    }),
  );
}

function reason({ why, unknownKeys }: Missing): string {
  return unknownKeys.length === 0 ? why : `${why}, without a value of ${unknownKeys.join(", ")}`;
}

/** How many of the rights there are, by what they are for. */
export function summary(
  principal: string,
  needs: readonly Need[],
  missing: readonly Missing[],
): string {
  const counts = purposes.map((purpose) => {
    const isFor = (one: { for: readonly string[] }) => one.for.includes(purpose);
    const all = needs.filter(isFor).length;
    return `${all - missing.filter(isFor).length} of the ${all} for ${purpose === "up" ? "`up`" : purpose}`;
  });
  const keys = [...new Set(missing.flatMap(({ unknownKeys }) => unknownKeys))];
  return [
    `${principal} has ${new Intl.ListFormat("en-GB").format(counts)}.`,
    ...(keys.length === 0
      ? []
      : [
          `Some depend on conditions. Give the values: ${keys.map((key) => `--context ${key}=…`).join(" ")}`,
        ]),
    "Not seen by IAM: resource policies, conditions of service control policies, session policies, policies of VPC endpoints.",
  ].join("\n");
}
