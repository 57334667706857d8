import * as pulumi from "@pulumi/pulumi";
import { isOwn, sameContent, type Entry } from "../contracts/adoption";

/** Names, in the program, of the resources that exist already and are imported in this update; see docs/decisions/0003. */
export type Adopted = readonly string[];

/** Options of a resource that may exist. In the update that imports it, nothing of it is changed: Pulumi would import it
 *  and then set every property that differs. Whoever takes its name out of the list again gets it back as it is. */
export const imported = (
  adopted: Adopted,
  name: string,
  id: string,
): Pick<pulumi.CustomResourceOptions, "import" | "ignoreChanges" | "retainOnDelete"> =>
  adopted.includes(name) ? { import: id, ignoreChanges: ["*"], retainOnDelete: true } : {};

/** Whether a part of an adopted resource waits for the next update: it does not exist yet, and creating it now would
 *  change what is being adopted. */
export const waits = (adopted: Adopted, whole: string, part: string): boolean =>
  adopted.includes(whole) && !adopted.includes(part);

/** The program's own entries, and those that are kept, without what the program's own do already. */
export const withKept = (own: readonly Entry[], kept: readonly Entry[]): Entry[] => [
  ...own,
  ...kept.filter((entry) => !own.some((one) => sameContent(one, entry))),
];

export interface Foreign {
  /** Reads the entries from a resource's inputs. */
  entriesOf: (inputs: Record<string, unknown>) => Entry[];
  /** What the resource keeps of them. A part of a bucket that keeps any is not deleted with the stack. */
  kept?: readonly unknown[];
  /** Those that may go, as "resource/entry". */
  removed?: readonly string[];
}

/** Refuses an update, already in its preview, if it would remove or change entries of a list that the program has not put
 *  there: they came with an import, or a person has added them since. */
export function keepsForeign(
  name: string,
  { entriesOf, kept = [], removed = [] }: Foreign,
): Pick<pulumi.CustomResourceOptions, "hooks" | "retainOnDelete"> {
  const hook = new pulumi.ResourceHook(
    `${name}-keeps-foreign`,
    ({ oldInputs, newInputs }) => {
      const now = entriesOf((newInputs ?? {}) as Record<string, unknown>);
      const lost = entriesOf((oldInputs ?? {}) as Record<string, unknown>)
        .filter((entry) => !isOwn(entry) && !now.some((one) => sameContent(one, entry)))
        .map(({ id }) => id)
        .filter((id) => !removed.includes(`${name}/${id}`));
      if (lost.length === 0) return;
      throw new Error(
        [
          `"${name}" would lose, or get in another form, what this program did not put there: ${lost.join(", ")}.`,
          `To keep it as it is, run \`ops adopt … --finish\`: it writes it into the configuration key "kept". To let it go, add it to "removed": ${JSON.stringify(lost.map((id) => `${name}/${id}`))}`,
        ].join("\n"),
      );
    },
    { onDryRun: true },
  );
  return {
    hooks: { beforeUpdate: [hook] },
    ...(kept.length === 0 ? {} : { retainOnDelete: true }),
  };
}
