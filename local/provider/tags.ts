import type { PropertyMap } from "../values/property-value";
import { isMap } from "../values/property-operations";

export type Tags = Record<string, string>;

export const asTags = (value: unknown): Tags =>
  isMap(value as PropertyMap) ? (value as Tags) : {};

/** `tags` as the program's own: without the provider's default tags, unless recorded as the program's. */
export function ownTags(all: Tags, defaults: Tags, recorded: Tags): Tags {
  return Object.fromEntries(
    Object.entries(all).filter(
      ([key, value]) => defaults[key] !== value || recorded[key] !== undefined,
    ),
  );
}

/** Tags that AWS sets are not part of any program. */
export const withoutSystemTags = (tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("aws:")));

export const fromTagList = (list: { Key?: string; Value?: string }[] | undefined): Tags =>
  Object.fromEntries((list ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

export const toTagList = (tags: Tags | undefined): { Key: string; Value: string }[] =>
  Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));

/** Updates the tags of a resource with the two tag calls of its service. */
export async function updateTags(
  old: Tags,
  wanted: Tags,
  remove: (keys: string[]) => Promise<unknown>,
  put: (tags: Tags) => Promise<unknown>,
): Promise<void> {
  const gone = Object.keys(old).filter((key) => wanted[key] === undefined);
  const set = Object.entries(wanted).filter(([key, value]) => old[key] !== value);
  if (gone.length > 0) await remove(gone);
  if (set.length > 0) await put(Object.fromEntries(set));
}
