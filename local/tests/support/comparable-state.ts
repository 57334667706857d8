import type { DeploymentV3, ResourceV3 } from "../../state/deployment";

const volatile = new Set(["created", "modified", "id", "ciphertext"]);

/** What two engines may differ in: times, ids, ciphertexts, and the order of what does not depend on each other. */
export function comparableState(deployment: DeploymentV3): Record<string, unknown> {
  const ids = (deployment.resources ?? [])
    .filter(({ id, type }) => id !== undefined && type.startsWith("pulumi:providers:"))
    .map(({ id }) => String(id));
  const text = JSON.stringify(deployment.resources, (key, value: unknown) => {
    if (volatile.has(key)) return "(differs)";
    // Frames within the SDK depend on whether its source maps are loaded.
    if (key === "sourcePosition" && !String(value).startsWith("project:///index.ts")) {
      return "(outside of the program)";
    }
    if (typeof value === "string") {
      return ids
        .reduce((shown, id) => shown.replaceAll(id, "(id)"), value)
        .replaceAll(/-\d+-\d+\b/g, "-(id)");
    }
    if (key === "dependencies") return [...(value as string[])].sort();
    return value;
  });
  const resources = JSON.parse(text) as ResourceV3[];
  return Object.fromEntries(
    resources
      .map((resource) => [resource.urn, resource] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
