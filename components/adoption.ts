import * as pulumi from "@pulumi/pulumi";

/** Names, in the program, of the resources that exist already and are imported in this update; see docs/decisions/0003. */
export type Adopted = readonly string[];

/** Options of a resource that may exist. In the update that imports it, nothing of it is changed: Pulumi would import it
 *  and then set every property that differs. */
export const imported = (
  adopted: Adopted,
  name: string,
  id: string,
): Pick<pulumi.CustomResourceOptions, "import" | "ignoreChanges"> =>
  adopted.includes(name) ? { import: id, ignoreChanges: ["*"] } : {};

/** Whether a part of an adopted resource waits for the next update: it does not exist yet, and creating it now would
 *  change what is being adopted. */
export const waits = (adopted: Adopted, whole: string, part: string): boolean =>
  adopted.includes(whole) && !adopted.includes(part);

/** Something in a list that a resource holds as a whole: a statement, a rule, a notification. */
export interface Entry {
  /** As it is named in the configuration. */
  id: string;
}

/** Refuses an update, already in its preview, if it would remove entries of a list that the program has not put there:
 *  they came with an import, or a person has added them since. `entriesOf` reads them from a resource's inputs. `removed`
 *  names those that may go, as "resource/entry". */
export function keepsForeign(
  name: string,
  entriesOf: (inputs: Record<string, unknown>) => Entry[],
  isOwn: (id: string) => boolean,
  removed: readonly string[] = [],
): Pick<pulumi.CustomResourceOptions, "hooks"> {
  const hook = new pulumi.ResourceHook(
    `${name}-keeps-foreign`,
    ({ oldInputs, newInputs }) => {
      const stay = entriesOf((newInputs ?? {}) as Record<string, unknown>).map(({ id }) => id);
      const were = entriesOf((oldInputs ?? {}) as Record<string, unknown>).map(({ id }) => id);
      const lost = were.filter(
        (id) => !isOwn(id) && !stay.includes(id) && !removed.includes(`${name}/${id}`),
      );
      if (lost.length === 0) return;
      throw new Error(
        [
          `"${name}" would lose what this program did not put there: ${lost.join(", ")}.`,
          `To keep it, add it to the configuration key "kept" (\`ops adopt --finish\` writes it). To remove it, add it to "removed": ${JSON.stringify(lost.map((id) => `${name}/${id}`))}`,
        ].join("\n"),
      );
    },
    { onDryRun: true },
  );
  return { hooks: { beforeUpdate: [hook] } };
}

/** The statements of a policy document, by their Sid or else by their text. */
export function statementsOf(policy: unknown): (Entry & { statement: unknown })[] {
  if (typeof policy !== "string") return [];
  const { Statement = [] } = JSON.parse(policy) as { Statement?: unknown };
  return [Statement].flat().map((statement) => {
    const { Sid } = statement as { Sid?: string };
    return { id: Sid ?? JSON.stringify(statement), statement };
  });
}
