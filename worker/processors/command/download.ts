import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { PermanentError } from "../../errors";
import type { S3ObjectEvent } from "../../messages";

/** Longest file name that common file systems take, in bytes. */
const maxNameBytes = 200;

/** Streams the object into a file of its own folder, hands its path to `use`, and removes it after. */
export async function withDownload<Result>(
  s3: S3Client,
  object: S3ObjectEvent,
  signal: AbortSignal,
  use: (filePath: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "queuefleet-"));
  try {
    const filePath = join(folder, fileName(object.key));
    const { Body } = await s3
      .send(
        new GetObjectCommand({
          Bucket: object.bucket,
          Key: object.key,
          VersionId: object.versionId,
        }),
        { abortSignal: signal },
      )
      .catch((error: unknown) => {
        throw isGone(error)
          ? new PermanentError(`the object is gone: s3://${object.bucket}/${object.key}`)
          : error;
      });
    await pipeline(Body as Readable, createWriteStream(filePath, { mode: 0o600 }), { signal });
    return await use(filePath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The key's own last part, so that programs see name and extension, where a file system takes it. */
function fileName(key: string): string {
  const name = basename(key);
  const isUsable =
    name !== "" &&
    name !== "." &&
    name !== ".." &&
    !name.includes("\0") &&
    Buffer.byteLength(name) <= maxNameBytes;
  const extension = extname(name);
  return isUsable ? name : `object${/^\.\w{1,16}$/.test(extension) ? extension : ""}`;
}

function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    ["NoSuchKey", "NoSuchVersion", "NoSuchBucket", "NotFound"].includes(error.name)
  );
}
