/** Every place where two documents differ, one line each: readable where a whole diff is not. */
function differences(embedded: unknown, official: unknown, path = ""): string[] {
  if (
    isObject(embedded) &&
    isObject(official) &&
    Array.isArray(embedded) === Array.isArray(official)
  ) {
    const keys = new Set([...Object.keys(embedded), ...Object.keys(official)]);
    return [...keys].flatMap((key) =>
      differences(embedded[key], official[key], path === "" ? key : `${path}.${key}`),
    );
  }
  return embedded === official
    ? []
    : [
        `${path}: ${JSON.stringify(embedded)} on the embedded engine, ${JSON.stringify(official)} on the official one`,
      ];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Throws one error with all differences. */
export function expectSame(embedded: unknown, official: unknown): void {
  const found = differences(embedded, official);
  if (found.length === 0) return;
  throw new Error([`The engines differ in ${found.length} places:`, ...found].join("\n  "));
}
