import { join } from "node:path";
import type { DocumentRecord } from "../../index-store";
import type { S3ObjectEvent } from "../s3-event";
import { withTemporaryFolder } from "../temporary-folder";
import type { FileProcessorDependencies } from "./dependencies";
import { download } from "./download";

/** What the index keeps of an object. Throws an ObjectGoneError if it is not there. */
export async function readObject(
  { s3, extractor, limits }: FileProcessorDependencies,
  object: S3ObjectEvent,
  signal: AbortSignal,
): Promise<DocumentRecord | "empty"> {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, "object");
    const found = await download(s3, object, path, { maxBytes: limits.maxObjectBytes, signal });
    if (found.bytes === 0) return "empty";
    const { text, title, format, ...details } = await extractor.extract(
      { path, key: object.key, contentType: found.contentType },
      signal,
    );
    return {
      eTag: found.eTag,
      versionId: found.versionId,
      contentType: found.contentType,
      title,
      text,
      metadata: { format, bytes: found.bytes, sha256: found.sha256, ...details },
    };
  });
}
