import { HeadBucketCommand, HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { orUnavailable } from "../../job/aws-unavailable";
import { PermanentError } from "../../job/errors";
import type { S3ObjectEvent } from "../s3-event";

/** What S3 serves now under the object's key; its version is undefined in a bucket without versions. Undefined if there
 *  is nothing, or if a delete marker hides it. Throws a PermanentError if the bucket is gone. */
export async function currentVersion(
  s3: Pick<S3Client, "send">,
  { bucket, key }: S3ObjectEvent,
  signal: AbortSignal,
): Promise<{ versionId: string | undefined } | undefined> {
  const options = { abortSignal: signal };
  const head = new HeadObjectCommand({ Bucket: bucket, Key: key });
  const found = await unlessNotFound(s3.send(head, options));
  if (found !== undefined) return { versionId: found.VersionId };
  // A bucket that is gone has the same answer, and its documents are not ours to take out.
  const itsBucket = await unlessNotFound(
    s3.send(new HeadBucketCommand({ Bucket: bucket }), options),
  );
  if (itsBucket === undefined) throw new PermanentError("the bucket is gone");
  return undefined;
}

/** The answer to a HEAD request has no body, and so no other name for what is not there. */
async function unlessNotFound<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (["NotFound", "NoSuchKey", "NoSuchBucket"].includes(name)) return undefined;
    throw orUnavailable("S3", error);
  }
}
