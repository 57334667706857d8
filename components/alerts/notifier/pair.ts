/** The two levels of one measure are two alarms whose names end in "-warning" and "-critical". */
const otherLevel = (name: string, from: string, to: string): string | undefined =>
  name.endsWith(`-${from}`) ? `${name.slice(0, -from.length)}${to}` : undefined;

export const criticalOf = (name: string): string | undefined =>
  otherLevel(name, "warning", "critical");

export const warningOf = (name: string): string | undefined =>
  otherLevel(name, "critical", "warning");

/** Whether a value is past an alarm's threshold. False if that is not known. */
export function isPast(
  value: number | undefined,
  { comparison, threshold }: { comparison: string; threshold?: number },
): boolean {
  if (value === undefined || threshold === undefined) return false;
  switch (comparison) {
    case "GreaterThanThreshold":
      return value > threshold;
    case "GreaterThanOrEqualToThreshold":
      return value >= threshold;
    default:
      return false;
  }
}
