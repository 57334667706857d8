import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { orUnavailable } from "../job/aws-unavailable";
import { PermanentError } from "../job/errors";
import type { S3ObjectEvent } from "./s3-event";

/** S3's answers that no second try changes. */
const gone: Readonly<Record<string, string>> = {
  NoSuchKey: "the object is gone: it was deleted before it was processed",
  NoSuchVersion: "the object's version is gone or was never there",
  NoSuchBucket: "the bucket is gone",
  MethodNotAllowed: "the object's version is a delete marker",
  InvalidObjectState: "the object is archived and must be restored first",
};

/** Asks S3 for an object and hands the answer and its content to `use`. Throws a PermanentError when the
 *  object is gone, an UnavailableError when S3 is unreachable, at first or while the content is read. */
export async function getObject<Result>(
  s3: Pick<S3Client, "send">,
  object: S3ObjectEvent,
  signal: AbortSignal,
  use: (answer: GetObjectCommandOutput, body: Readable) => Promise<Result>,
): Promise<Result> {
  let body: Readable | undefined;
  try {
    const answer = await s3.send(
      new GetObjectCommand({
        Bucket: object.bucket,
        Key: object.key,
        VersionId: object.versionId,
      }),
      { abortSignal: signal },
    );
    body = answer.Body as Readable;
    return await use(answer, body);
  } catch (error) {
    body?.destroy();
    const reason = error instanceof Error ? gone[error.name] : undefined;
    if (reason !== undefined) throw new PermanentError(reason, { cause: error });
    throw orUnavailable("S3", error);
  }
}
