import type { Log } from "../../../worker/job/log";

export interface LogLine {
  level: string;
  text: string;
  fields: Record<string, unknown>;
}

/** Appends what is logged to `lines`. */
export function recordingLog(lines: LogLine[]): Log {
  const at = (level: string) => (fields: object, text: string) => {
    lines.push({ level, text, fields: { ...fields } });
  };
  const log: Log = {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: () => log,
  };
  return log;
}
