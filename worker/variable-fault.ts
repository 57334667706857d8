/** A line of an error about environment variables: the value, the rule, and an example of a right one. */
export function variableFault(
  name: string,
  value: string | undefined,
  rule: string,
  example: string | undefined,
): string {
  const fix = example === undefined ? "" : `; for example ${name}=${example}`;
  if (value !== undefined) return `${name} is "${value}": ${rule}${fix}`;
  return rule.startsWith("is needed") ? `${name} ${rule}${fix}` : `${name} is not set${fix}`;
}
