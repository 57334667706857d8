import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { orUnavailable } from "../job/aws-unavailable";
import { PermanentError } from "../job/errors";
import type { S3ObjectEvent } from "./s3-event";

/** The object, or the version of it that was asked for, is not there any more. */
export class ObjectGoneError extends PermanentError {}

const gone: Readonly<Record<string, string>> = {
  NoSuchKey: "the object is gone: it was deleted before it was processed",
  NoSuchVersion: "the object's version is gone or was never there",
  MethodNotAllowed: "the object's version is a delete marker",
};

/** Other answers of S3 that no second try changes. */
const refused: Readonly<Record<string, string>> = {
  NoSuchBucket: "the bucket is gone",
  InvalidObjectState: "the object is archived and must be restored first",
};

/** Asks S3 for an object and hands the answer and its content to `use`. Throws an ObjectGoneError when it is not there,
 *  another PermanentError when it cannot be had, an UnavailableError when S3 is unreachable, at first or while the content
 *  is read. */
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
    const name = error instanceof Error ? error.name : "";
    if (gone[name] !== undefined) throw new ObjectGoneError(gone[name], { cause: error });
    if (refused[name] !== undefined) throw new PermanentError(refused[name], { cause: error });
    throw orUnavailable("S3", error);
  }
}
