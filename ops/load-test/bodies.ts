import { readFileSync } from "node:fs";
import { exitCodes } from "../../contracts/exit-codes";
import { jsonIn } from "../../contracts/json-in";
import { maxMessageBytes } from "../../contracts/messages";
import { OpsError } from "../cli/fault";
import { attributeBytes } from "./burst";

const longestBody = maxMessageBytes - attributeBytes;

/** Faulty lines that are named; the others are like them. */
const mostFaults = 5;

/** The messages in a file: each line is the body of one. Throws one error that names the faulty lines. */
export function readBodies(file: string): string[] {
  const lines = textOf(file).split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const faults = lines.flatMap((line, index) => {
    const fault = faultOf(line);
    return fault === undefined ? [] : [`  - line ${index + 1} ${fault}`];
  });
  if (lines.length === 0) faults.push("  - it is empty; it must have at least one line");
  if (faults.length === 0) return lines;
  const more = faults.length - mostFaults;
  throw new OpsError(
    [
      `Nothing was sent: ${file} cannot be used.`,
      ...faults.slice(0, mostFaults),
      ...(more > 0 ? [`  - and ${more} more`] : []),
    ].join("\n"),
    exitCodes.configuration,
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new OpsError(
      `Nothing was sent: the file of --bodies cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      exitCodes.configuration,
    );
  }
}

function faultOf(line: string): string | undefined {
  const bytes = Buffer.byteLength(line);
  if (bytes > longestBody)
    return `has ${bytes} bytes; SQS takes up to ${longestBody} beside the attributes`;
  if (jsonIn(line) !== undefined) return undefined;
  return `is ${JSON.stringify(line.slice(0, 60))}; every line must be one message in JSON`;
}
