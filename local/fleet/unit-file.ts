/** The settings of a systemd unit that are used here. */
export interface ServiceUnit {
  restart: string;
  restartMs: number;
  stopTimeoutMs: number;
}

/** The defaults of systemd for settings that the unit does not have: systemd.service(5), system.conf(5). */
const defaults = { restart: "no", restartSec: "100ms", timeoutStopSec: "90s" };

export function parseServiceUnit(text: string): ServiceUnit {
  const settings = new Map<string, string>();
  let section = "";
  for (const raw of text.replace(/\\\n/g, " ").split("\n")) {
    const line = raw.trim();
    if (/^\[.*\]$/.test(line)) section = line;
    const assignment = /^([A-Za-z]+)\s*=\s*(.*)$/.exec(line);
    if (section === "[Service]" && assignment !== null) {
      settings.set(assignment[1] ?? "", assignment[2] ?? "");
    }
  }
  return {
    restart: settings.get("Restart") ?? defaults.restart,
    restartMs: parseTimeSpan(settings.get("RestartSec") ?? defaults.restartSec),
    stopTimeoutMs: parseTimeSpan(settings.get("TimeoutStopSec") ?? defaults.timeoutStopSec),
  };
}

/** The variables that a unit sets itself. */
export const unitEnvironment = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^Environment=([A-Za-z_][A-Za-z0-9_]*)=(.*)$/gm)].map(
      ([, name = "", value = ""]) => [name, value.trim()],
    ),
  );

/** Whether systemd would start the service again after it ended like this. */
export function restarts(
  unit: ServiceUnit,
  end: { code: number | null; signal: string | null },
): boolean {
  const clean =
    end.code === 0 || ["SIGHUP", "SIGINT", "SIGTERM", "SIGPIPE"].includes(end.signal ?? "");
  switch (unit.restart) {
    case "always":
      return true;
    case "on-success":
      return clean;
    case "on-failure":
      return !clean;
    case "on-abnormal":
    case "on-abort":
      return !clean && end.signal !== null;
    default:
      return false;
  }
}

const unitsMs: Record<string, number> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
};

/** A time span in the format of systemd.time(7): "90", "1min 30s", "500ms", "infinity". */
export function parseTimeSpan(text: string): number {
  if (text.trim() === "infinity") return Infinity;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g)];
  const total = parts.reduce(
    (sum, [, amount, unit]) =>
      sum + Number(amount) * (unitsMs[unit === "" ? "s" : (unit ?? "")] ?? NaN),
    0,
  );
  if (parts.length === 0 || Number.isNaN(total)) {
    throw new Error(`"${text}" is not a time span; write for example 90, 1min 30s or 500ms`);
  }
  return total;
}
