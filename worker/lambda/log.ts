import pino from "pino";
import type { Log } from "../job/log";
import { logFormat } from "../log-format";

/** Writes a line to the log of a function. Through the console, because Lambda marks the lines of a call there. */
export const writeLine = (line: string): void => console.log(line);

/** The log of a function: one JSON object a line. */
export const functionLog = (write: (line: string) => void = writeLine): Log =>
  pino({ base: null, ...logFormat }, { write: (line) => write(line.trimEnd()) });
