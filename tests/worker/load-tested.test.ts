import { expect } from "chai";
import { checkAttribute } from "../../contracts/function-check";
import { loadTestAttribute, loadTestLineSchema, markText } from "../../contracts/load-test";
import { PermanentError, UnavailableError } from "../../worker/job/errors";
import type { WorkMessage } from "../../worker/job/message";
import type { FileCounts, JobContext } from "../../worker/job/processor";
import { functionLog } from "../../worker/lambda/log";
import { loadTested } from "../../worker/load-tested";

const text = (StringValue: string) => ({ DataType: "String", StringValue });
const ofRun = { [loadTestAttribute]: text(markText({ run: "run-1", number: 7 })) };

describe("a processor under a load test", () => {
  let lines: unknown[];
  let files: FileCounts | undefined;
  let worked: number;
  beforeEach(() => {
    lines = [];
    files = undefined;
    worked = 0;
  });
  const message = (attributes: WorkMessage["attributes"]): WorkMessage => ({
    ...{ id: "m", body: "{}", receiveCount: 1, groupId: undefined, attributes },
    sentAt: new Date(0),
  });
  const context = (attempt = 1): JobContext => ({
    ...{ attempt, maxAttempts: 3, signal: new AbortController().signal },
    log: functionLog((line) => lines.push(JSON.parse(line))),
    reportFiles: (counts) => (files = counts),
  });
  const processor = loadTested(() => {
    worked += 1;
    return Promise.resolve();
  });
  const lineAfter = async (error: Error, attempt: number) => {
    lines = [];
    const failing = loadTested(() => Promise.reject(error));
    const thrown = await failing(message(ofRun), context(attempt)).catch((one: unknown) => one);
    expect(thrown).to.equal(error);
    return loadTestLineSchema.parse(lines[0]).msg;
  };

  it("does no work for a test message, and counts no file", async () => {
    const mark = text(markText({ run: "run-1", number: 7 }));
    await processor(message({ [checkAttribute]: mark, [loadTestAttribute]: mark }), context());
    expect(worked).to.equal(0);
    expect(files).to.deep.equal({ processed: 0, skipped: 0, doubtful: 0 });
    expect(loadTestLineSchema.parse(lines[0])).to.include({
      ...{ loadTest: "run-1", loadTestMessage: 7, msg: "test message received" },
      sentAt: "1970-01-01T00:00:00.000Z",
    });
  });

  it("works on real messages, and logs only those of a run", async () => {
    await processor(message(ofRun), context());
    expect(loadTestLineSchema.parse(lines[0]).msg).to.equal("done");
    await processor(message({}), context());
    expect([worked, lines.length]).to.deep.equal([2, 1]);
  });

  it("says whether the message has attempts left", async () => {
    expect(await lineAfter(new Error("no"), 1)).to.equal("failed");
    expect(await lineAfter(new Error("no"), 3)).to.equal("failed for the last time");
    expect(await lineAfter(new PermanentError("no"), 1)).to.equal("failed for the last time");
    // An outage uses up no attempt.
    expect(await lineAfter(new UnavailableError("S3", new Error("no")), 3)).to.equal("failed");
  });
});
