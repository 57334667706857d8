import pino, { type LoggerOptions } from "pino";

/** How every log line of ours looks: the time as text, the level as a word. */
export const logFormat = {
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }) },
} satisfies LoggerOptions;
