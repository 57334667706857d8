import * as pulumi from "@pulumi/pulumi";
import { sameContent, type Entry } from "../contracts/adoption";

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

/** Refuses an update, already in its preview, if it would remove or replace entries of a list that the program has not put
 *  there: they came with an import, or a person has added them since. `entriesOf` reads them from a resource's inputs;
 *  `isOwn` says by their content whether the program makes such an entry. `removed` names those that may go, as
 *  "resource/entry". */
export function keepsForeign(
  name: string,
  entriesOf: (inputs: Record<string, unknown>) => Entry[],
  isOwn: (entry: Entry) => boolean,
  removed: readonly string[] = [],
): Pick<pulumi.CustomResourceOptions, "hooks"> {
  const hook = new pulumi.ResourceHook(
    `${name}-keeps-foreign`,
    ({ oldInputs, newInputs }) => {
      const now = entriesOf((newInputs ?? {}) as Record<string, unknown>);
      const stays = (entry: Entry) =>
        now.some((one) => sameContent(one, entry) || (one.id === entry.id && !isOwn(one)));
      const lost = entriesOf((oldInputs ?? {}) as Record<string, unknown>)
        .filter((entry) => !isOwn(entry) && !stays(entry))
        .map(({ id }) => id)
        .filter((id) => !removed.includes(`${name}/${id}`));
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
