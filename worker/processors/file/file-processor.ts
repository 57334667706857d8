import { describeError } from "../../job/describe-error";
import { PermanentError, UnavailableError } from "../../job/errors";
import type { Processor } from "../../job/processor";
import { parseS3Message, type S3ObjectEvent } from "../s3-event";
import type { FileProcessorDependencies } from "./dependencies";
import { processObject } from "./process-object";

/** Puts the text of every object that a message names into the index. */
export function createFileProcessor(dependencies: FileProcessorDependencies): Processor {
  return async (message, context) => {
    const event = parseS3Message(message.body);
    if (event.kind === "test") {
      context.reportFiles({ processed: 0, skipped: 0, doubtful: 0 });
      context.log.info({ bucket: event.bucket }, "S3 test event: nothing to do");
      return;
    }
    const counts = { processed: 0, skipped: 0, doubtful: 0 };
    context.reportFiles(counts);
    const failures: { object: S3ObjectEvent; error: unknown }[] = [];
    for (const object of event.objects) {
      try {
        const end = await processObject(dependencies, object, context);
        if (end === "skipped") counts.skipped += 1;
        else counts.processed += 1;
        if (end === "doubtful") counts.doubtful += 1;
      } catch (error) {
        context.signal.throwIfAborted();
        // The other objects need the same.
        if (error instanceof UnavailableError) throw error;
        failures.push({ object, error });
      }
    }
    throwFailures(failures);
  };
}

/** What can be tried again decides: a retry skips what is done and repeats the rest. */
function throwFailures(failures: { object: S3ObjectEvent; error: unknown }[]): void {
  if (failures.length === 0) return;
  const reasons = failures
    .map(({ object, error }) => {
      const reason = error instanceof PermanentError ? error.message : describeError(error);
      return `s3://${object.bucket}/${object.key}: ${reason}`;
    })
    .join("; ");
  const cause = failures[0]?.error;
  throw failures.every(({ error }) => error instanceof PermanentError)
    ? new PermanentError(reasons, { cause })
    : new Error(reasons, { cause });
}
