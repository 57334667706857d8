/** AWS names fields in PascalCase where Pulumi's properties are in camelCase; apart from that the shapes
 *  are mostly the same. Values of maps whose keys are data (tags, dimensions) must not pass through here. */
export const toApi = <T>(value: unknown): T =>
  recase(value, (key) => key[0]?.toUpperCase() + key.slice(1)) as T;
export const fromApi = <T>(value: unknown): T =>
  recase(value, (key) => key[0]?.toLowerCase() + key.slice(1)) as T;

function recase(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => recase(item, rename));
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [rename(key), recase(item, rename)]),
  );
}
