import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { PermanentError } from "../../job/errors";
import { inMebibytes } from "../../extract/limits";
import type { S3ObjectEvent } from "../s3-event";
import { getObject } from "../get-object";

export interface DownloadedObject {
  bytes: number;
  sha256: string;
  contentType: string;
  eTag: string | undefined;
  versionId: string | undefined;
}

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
  return getObject(s3, object, signal, async (answer, body) => {
    assertWithin(maxBytes, answer.ContentLength ?? 0);
    const hash = createHash("sha256");
    let bytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        hash.update(chunk);
        done(bytes > maxBytes ? tooLarge(maxBytes, bytes) : null, chunk);
      },
    });
    await pipeline(body, measure, createWriteStream(path), { signal });
    return {
      bytes,
      sha256: hash.digest("hex"),
      contentType: answer.ContentType ?? "",
      eTag: answer.ETag?.replaceAll('"', ""),
      versionId: answer.VersionId,
    };
  });
}

function assertWithin(maxBytes: number, bytes: number): void {
  if (bytes > maxBytes) throw tooLarge(maxBytes, bytes);
}

function tooLarge(maxBytes: number, bytes: number): PermanentError {
  return new PermanentError(
    `the object is over the limit: at least ${bytes} bytes, ${maxBytes} (${inMebibytes(maxBytes)}) are read`,
  );
}
