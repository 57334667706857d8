import { z } from "zod";

/** Resources of a PrivateBucket, as parts of its name. */
const bucketParts = [
  "",
  "-versioning",
  "-encryption",
  "-closed",
  "-ownership",
  "-lifecycle",
  "-policy",
];

export const bucketResources = (bucket: string): string[] =>
  bucketParts.map((part) => `${bucket}${part}`);

export const queueResources = (queue: string): string[] => [`${queue}-queue`, `${queue}-dlq`];

/** The keys by which a system takes over what exists. `adoptable`: names, in the program, of what may exist before the
 *  first update. */
export function adoptionShape(adoptable: string[]) {
  const names = adoptable.join(", ");
  const adoptRule = `must be a list of names that \`ops adopt\` writes, each once, out of ${names}`;
  const keptRule = `must name, as \`ops adopt --finish\` writes it, only ${names}`;
  const removedRule = `must be a list of "resource/entry" with one of these resources: ${names}`;
  const removed = z
    .string(removedRule)
    .refine((name) => adoptable.includes(name.split("/")[0] ?? ""), removedRule);
  return {
    adopt: z
      .array(z.enum(adoptable, adoptRule), adoptRule)
      .refine((list) => new Set(list).size === list.length, adoptRule),
    kept: z.partialRecord(z.enum(adoptable), z.array(z.unknown()), keptRule).optional(),
    removed: z.array(removed, removedRule).optional(),
  };
}
