import { stackRule } from "../stack-rule";
import { includesText, notKnown, readNumber } from "../unknown-values";
import { functionWorkersIn } from "../workers";

/** Messages. Lambda's default for queues. */
const defaultBatchSize = 10;

export const mappingReportsFailedRecords = stackRule({
  name: "mapping-reports-failed-records",
  description:
    "A function that gets several messages of a queue in one call can report which of them failed.",
  reason:
    "Otherwise one message that fails makes its whole batch visible again, and the good ones use up their receive counts " +
    'too (Lambda guide, "Handling errors for an SQS event source").',
  severity: "high",
  enforcementLevel: "mandatory",
  settings: { defaults: {}, schema: {} },
  judge: (resources, _settings, findings) => {
    for (const { description, resource: mapping, queue, isOnQueue } of functionWorkersIn(
      resources,
    )) {
      const batchSize = readNumber(mapping, "batchSize") ?? defaultBatchSize;
      const reports = includesText(mapping, "ReportBatchItemFailures", "functionResponseTypes");
      if (reports === true || (batchSize !== notKnown && batchSize <= 1)) continue;
      const unknown = [
        ...(reports === notKnown ? ["functionResponseTypes is not known yet"] : []),
        ...(batchSize === notKnown ? ["batchSize is not known yet"] : []),
        ...(isOnQueue === notKnown && queue.kind === "unknown" ? [queue.why] : []),
      ];
      if (unknown.length > 0) {
        findings.undecided(
          mapping,
          `whether the ${description} can report which messages failed: ${unknown.join("; ")}`,
        );
        continue;
      }
      findings.violation(
        mapping,
        `the ${description} gets up to ${String(batchSize)} messages in one call but cannot report which of them failed, ` +
          "so one failure uses up a receive of all of them. " +
          'Set functionResponseTypes to ["ReportBatchItemFailures"] and return batchItemFailures, or set batchSize to 1.',
      );
    }
  },
});
