import { createWriteStream } from "node:fs";
import { basename, extname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import type { S3ObjectEvent } from "../s3-event";
import { getObject } from "../get-object";
import { withTemporaryFolder } from "../temporary-folder";

/** Longest file name that common file systems take, in bytes. */
const maxNameBytes = 200;

/** Streams the object into a file of its own folder, hands its path to `use`, and removes it after. */
export async function withDownload<Result>(
  s3: S3Client,
  object: S3ObjectEvent,
  signal: AbortSignal,
  use: (filePath: string) => Promise<Result>,
): Promise<Result> {
  return withTemporaryFolder(async (folder) => {
    const filePath = join(folder, fileName(object.key));
    await getObject(s3, object, signal, (_answer, body) =>
      pipeline(body, createWriteStream(filePath, { mode: 0o600 }), { signal }),
    );
    return use(filePath);
  });
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
