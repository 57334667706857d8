import { SQSClient } from "@aws-sdk/client-sqs";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { waitUntil } from "../../local/process/wait";
import { rehearsalFiles } from "../files";
import {
  deadLetterReasons,
  indexedKeys,
  indexExists,
  queueOf,
  skippedKeys,
  timesIndexed,
} from "./observe";
import { messagesIn } from "../messages-in";
import { expectAll } from "../steps/step";
import type { FileSearchStep } from "./run";

export const upload: FileSearchStep = {
  name: "files are uploaded",
  async run(run, showProgress) {
    const bucket = run.get("system").buckets.uploads?.name;
    const files = await rehearsalFiles();
    const s3 = new S3Client({ ...run.client(), forcePathStyle: true });
    let done = 0;
    for (const file of files) {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: file.key,
          Body: file.body,
          ContentType: file.contentType,
        }),
      );
      showProgress(`${++done} of ${files.length}`);
    }
    s3.destroy();
    run.record({ files });
    const bad = files.filter(({ expect }) => typeof expect === "object").length;
    const bytes = files.reduce((sum, file) => sum + file.body.length, 0);
    expectAll({ "at least 200 files": files.length >= 200, "8 of them bad": bad === 8 });
    return `${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, ${bad} of them bad`;
  },
};

export const processed: FileSearchStep = {
  name: "the worker processes the files",
  async run(run, showProgress) {
    const sqs = new SQSClient(run.client());
    const queue = queueOf(run);
    const files = run.get("files");
    const skipped = files.filter(({ expect }) => expect === "skipped").length;
    const counts = { leftInQueue: 0, deadLettered: 0, indexed: 0 };
    await waitUntil(
      async () => {
        counts.leftInQueue = await messagesIn(sqs, queue.url);
        counts.deadLettered = await messagesIn(sqs, queue.deadLetter.url);
        counts.indexed = (await indexExists(run)) ? (await indexedKeys(run)).size : 0;
        const { indexed, deadLettered, leftInQueue } = counts;
        showProgress(`${indexed} indexed, ${deadLettered} dead-lettered, ${leftInQueue} left`);
        return leftInQueue === 0 && indexed + deadLettered + skipped >= files.length;
      },
      { what: "every file to be indexed or dead-lettered", withinMs: 120_000, everyMs: 200 },
    ).finally(() => {
      sqs.destroy();
      run.record(counts);
    });
    return `queue empty, ${counts.indexed} indexed, ${counts.deadLettered} in the dead-letter queue`;
  },
};

export const counted: FileSearchStep = {
  name: "no file is lost or processed twice",
  async run(run) {
    const files = run.get("files");
    const indexed = await indexedKeys(run);
    const reasons = await deadLetterReasons(run, queueOf(run).deadLetter.url);
    const expected = files.filter(({ expect }) => expect === "skipped").map(({ key }) => key);
    let times = new Map<string, number>();
    let skipped = new Map<string, number>();
    await waitUntil(
      async () => {
        times = await timesIndexed(run);
        skipped = await skippedKeys(run);
        return times.size >= indexed.size && skipped.size >= expected.length;
      },
      { what: "every indexed and every skipped file to be in the worker's log", withinMs: 10_000 },
    );
    const twice = [...times].filter(([, count]) => count > 1).map(([key]) => key);
    const wrong = files.filter(({ key, expect }) =>
      expect === "skipped"
        ? indexed.has(key) || reasons.has(key) || !skipped.has(key)
        : expect === "indexed"
          ? !indexed.has(key) || reasons.has(key)
          : indexed.has(key) || !(reasons.get(key) ?? "").includes(expect.deadLetterReason),
    );
    run.record({ processedTwice: twice.length, skipped: skipped.size });
    expectAll({
      [`uploaded (${files.length}) = indexed (${indexed.size}) + dead-lettered (${reasons.size}) + skipped (${skipped.size})`]:
        files.length === indexed.size + reasons.size + skipped.size,
      [`no file was processed twice; wrong are: ${twice.join(", ")}`]: twice.length === 0,
      [`every file is in the right place; wrong are: ${wrong.map(({ key }) => key).join(", ")}`]:
        wrong.length === 0,
    });
    return `${files.length} uploaded = ${indexed.size} indexed + ${reasons.size} dead-lettered, each with a reason, + ${skipped.size} that are no documents`;
  },
};
