import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { PermanentError } from "../../errors";
import { inMebibytes } from "../../extract/limits";
import type { S3ObjectEvent } from "../../messages";

export interface DownloadedObject {
  bytes: number;
  sha256: string;
  contentType: string;
  eTag: string | undefined;
  versionId: string | undefined;
}

/** S3's answers that no second try changes. */
const gone: Readonly<Record<string, string>> = {
  NoSuchKey: "the object is gone: it was deleted before it was processed",
  NoSuchVersion: "the object's version is gone or was never there",
  NoSuchBucket: "the bucket is gone",
  MethodNotAllowed: "the object's version is a delete marker",
  InvalidObjectState: "the object lies in an archive and must be restored first",
};

/** Streams an object to a file, never more of it than the limit. Throws a PermanentError when it is
 *  gone or too large. */
export async function download(
  s3: Pick<S3Client, "send">,
  object: S3ObjectEvent,
  path: string,
  options: { maxBytes: number; signal: AbortSignal },
): Promise<DownloadedObject> {
  const { maxBytes, signal } = options;
  assertWithin(maxBytes, object.size ?? 0);
  const answer = await get(s3, object, signal);
  const body = answer.Body as Readable;
  const hash = createHash("sha256");
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > maxBytes ? tooLarge(maxBytes, bytes) : null, chunk);
    },
  });
  try {
    assertWithin(maxBytes, answer.ContentLength ?? 0);
    await pipeline(body, measure, createWriteStream(path), { signal });
  } catch (error) {
    body.destroy();
    throw error;
  }
  return {
    bytes,
    sha256: hash.digest("hex"),
    contentType: answer.ContentType ?? "",
    eTag: answer.ETag?.replaceAll('"', ""),
    versionId: answer.VersionId,
  };
}

async function get(
  s3: Pick<S3Client, "send">,
  object: S3ObjectEvent,
  signal: AbortSignal,
): Promise<GetObjectCommandOutput> {
  try {
    return await s3.send(
      new GetObjectCommand({
        Bucket: object.bucket,
        Key: object.key,
        VersionId: object.versionId,
      }),
      { abortSignal: signal },
    );
  } catch (error) {
    const reason = error instanceof Error ? gone[error.name] : undefined;
    if (reason === undefined) throw error;
    throw new PermanentError(reason, { cause: error });
  }
}

function assertWithin(maxBytes: number, bytes: number): void {
  if (bytes > maxBytes) throw tooLarge(maxBytes, bytes);
}

function tooLarge(maxBytes: number, bytes: number): PermanentError {
  return new PermanentError(
    `the object is over the limit: at least ${bytes} bytes, ${maxBytes} (${inMebibytes(maxBytes)}) are read`,
  );
}
