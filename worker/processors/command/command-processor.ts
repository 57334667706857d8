import { existsSync } from "node:fs";
import { constants } from "node:os";
import type { S3Client } from "@aws-sdk/client-s3";
import { PermanentError, UnavailableError } from "../../job/errors";
import type { WorkMessage } from "../../job/message";
import { isS3Message, parseS3Message, type S3ObjectEvent } from "../s3-event";
import type { JobContext, Processor } from "../../job/processor";
import { commandFault, filesOf } from "./command-files";
import { withDownload } from "./download";
import { runProgram } from "./program";

const { signals } = constants;

/** sysexits.h EX_DATAERR: the input is wrong, and will be the next time. */
const exitDataError = 65;

/** A shell, env, nohup and others: the program that they had to start could not be started, or was not found. */
const exitNotStarted = [126, 127];

export interface CommandProcessorOptions {
  command: readonly string[];
  s3: S3Client;
  /** File that the run which completes a message leaves when it succeeds, so that a kill of the worker in that moment
   *  does not have the work done again. Who gives it looks for it. */
  doneMark?: (messageId: string) => string | undefined;
  /** From SIGTERM to SIGKILL when a job is aborted. */
  killAfterMs?: number;
}

interface CommandProcessorParts extends CommandProcessorOptions {
  /** Files of the command line that were there when the worker started. */
  files: readonly string[];
}

/** Lets a program in any language do the work: the body on its standard input, the file in FILE_PATH.
 *  A message that names several objects runs it once for each, in order. */
export function createCommandProcessor(options: CommandProcessorOptions): Processor {
  const parts = { ...options, files: filesOf(options.command) };
  return async (message, context) => {
    if (!isS3Message(message.body)) {
      await run(parts, message, context, {}, parts.doneMark?.(message.id));
      return;
    }
    const event = parseS3Message(message.body);
    if (event.kind === "test") {
      context.log.info({ bucket: event.bucket }, "S3 test event: nothing to do");
      context.reportFiles({ processed: 0, skipped: 0, doubtful: 0 });
      return;
    }
    context.reportFiles({ processed: event.objects.length, skipped: 0, doubtful: 0 });
    for (const [index, object] of event.objects.entries()) {
      const isLast = index === event.objects.length - 1;
      const doneMark = isLast ? parts.doneMark?.(message.id) : undefined;
      await runForObject(parts, message, context, object, doneMark);
    }
  };
}

async function runForObject(
  parts: CommandProcessorParts,
  message: WorkMessage,
  context: JobContext,
  object: S3ObjectEvent,
  doneMark: string | undefined,
): Promise<void> {
  const variables: Record<string, string> = {
    S3_BUCKET: object.bucket,
    S3_KEY: object.key,
    S3_EVENT_NAME: object.eventName,
    ...(object.versionId !== undefined && { S3_VERSION_ID: object.versionId }),
  };
  if (object.action === "removed") {
    await run(parts, message, context, variables, doneMark);
    return;
  }
  await withDownload(parts.s3, object, context.signal, (filePath) =>
    run(parts, message, context, { ...variables, FILE_PATH: filePath }, doneMark),
  );
}

async function run(
  parts: CommandProcessorParts,
  message: WorkMessage,
  { log, signal, attempt }: JobContext,
  variables: Record<string, string>,
  doneMark: string | undefined,
): Promise<void> {
  signal.throwIfAborted();
  const obstacle = commandFault(parts.command);
  if (obstacle !== undefined) throw new UnavailableError("the program", obstacle);
  const end = await runProgram({
    command: parts.command,
    stdin: message.body,
    variables: { MESSAGE_ID: message.id, RECEIVE_COUNT: String(attempt), ...variables },
    signal,
    killAfterMs: parts.killAfterMs ?? 2000,
    doneMark,
  }).catch((error: unknown) => {
    if (error instanceof UnavailableError) throw error;
    throw new UnavailableError("the program", error);
  });
  const { exitCode, wasTerminated, stdout, stderr } = end;
  if (stdout !== "" || stderr !== "") {
    log.info({ exitCode, signal: end.signal, stdout, stderr }, "output of the program");
  }
  // A program that handles SIGTERM may end with 0 although its work is not done.
  if (wasTerminated) signal.throwIfAborted();
  if (exitCode === 0) {
    return;
  }
  const said = lastLine(stderr) ?? lastLine(stdout);
  const saying = said === undefined ? "" : `: ${said}`;
  if (exitCode === exitDataError) {
    throw new PermanentError(`the program refused the input (exit code 65)${saying}`);
  }
  const endedBy = end.signal ?? signalOf(exitCode);
  const how =
    endedBy === undefined ? `ended with exit code ${exitCode}` : `was ended by ${endedBy}`;
  const fault = programFault(parts, exitCode);
  if (fault !== undefined)
    throw new UnavailableError("the program", `${fault}; it ${how}${saying}`);
  throw new Error(`the program ${how}${saying}`);
}

/** The signal that ended a program, as shells say it: its number and 128. */
function signalOf(exitCode: number | null): string | undefined {
  const number = (exitCode ?? 0) - 128;
  return Object.entries(signals).find(([, value]) => value === number)?.[0];
}

/** What is wrong with the program itself, for which no message is the cause. */
function programFault(
  { command, files }: CommandProcessorParts,
  exitCode: number | null,
): string | undefined {
  const fault = commandFault(command);
  if (fault !== undefined) return fault;
  const lost = files.filter((file) => !existsSync(file));
  if (lost.length > 0) return `${lost.join(" and ")} is gone`;
  return exitCode !== null && exitNotStarted.includes(exitCode)
    ? "a program could not be started"
    : undefined;
}

function lastLine(output: string): string | undefined {
  return output
    .split("\n")
    .map((line) => line.trim())
    .findLast((line) => line !== "")
    ?.slice(0, 500);
}
