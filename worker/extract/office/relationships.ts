import { posix } from "node:path";
import { readXml } from "./read-xml";
import type { ZipParts } from "./zip-parts";

export interface Relationship {
  id: string;
  /** The last word of its type: "header", "footnotes", "worksheet" … */
  kind: string;
  /** Name of the part. */
  target: string;
}

/** What a part refers to inside of its container. The empty name stands for the container itself. */
export async function relationshipsOf(parts: ZipParts, part: string): Promise<Relationship[]> {
  const folder = posix.dirname(part);
  const found: Relationship[] = [];
  await readXml(parts, posix.join(folder, "_rels", `${posix.basename(part)}.rels`), {
    open(name, attributes) {
      const { Id: id = "", Type: type = "", Target: target = "", TargetMode: mode } = attributes;
      if (name !== "Relationship" || mode === "External") return;
      found.push({
        id,
        kind: type.slice(type.lastIndexOf("/") + 1),
        target: partAt(parts, folder, target),
      });
    },
  });
  return found;
}

/** A target is a URI, and its part is often named as it is. */
function partAt(parts: ZipParts, folder: string, target: string): string {
  const part = target.startsWith("/") ? target.slice(1) : posix.join(folder, target);
  if (parts.has(part)) return part;
  try {
    return decodeURI(part);
  } catch {
    return part;
  }
}

/** The relationship that an element names. Such an attribute always has a prefix, which is free to choose; `id` without
 *  one is something else. */
export function relationshipIdOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes).find(([name]) => name.endsWith(":id"))?.[1] ?? "";
}

/** The part in which the document begins. */
export async function mainPart(parts: ZipParts, usual: string): Promise<string> {
  const all = await relationshipsOf(parts, "");
  const main = all.find(({ kind }) => kind === "officeDocument")?.target;
  return main !== undefined && parts.has(main) ? main : usual;
}
