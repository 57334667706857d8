import type { Language } from "../alarms/alarm-spec";

/** A line of a function's log. */
export type LogEntry = { level: "info" | "warn" | "error"; msg: string; [field: string]: unknown };

export const logLine = (entry: LogEntry): void => console.log(JSON.stringify(entry));

/** An environment variable that must be set. */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set in the function's environment.`);
  return value;
}

/** The language of notices. */
export const noticeLanguage = (): Language =>
  requiredVariable("NOTICE_LANGUAGE") === "ja" ? "ja" : "en";
