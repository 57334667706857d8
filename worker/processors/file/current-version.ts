import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { orUnavailable } from "../../job/aws-unavailable";
import type { S3ObjectEvent } from "../s3-event";

/** Id of the version that S3 serves now. Undefined if there is none, or if a delete marker hides it. */
export async function currentVersion(
  s3: Pick<S3Client, "send">,
  { bucket, key }: S3ObjectEvent,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { VersionId } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), {
      abortSignal: signal,
    });
    return VersionId;
  } catch (error) {
    if (error instanceof Error && ["NotFound", "NoSuchKey"].includes(error.name)) return undefined;
    throw orUnavailable("S3", error);
  }
}
