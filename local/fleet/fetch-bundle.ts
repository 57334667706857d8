import { createHash } from "node:crypto";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { clientConfig, type Scope } from "../cloud/scope";

export interface BundleLocation {
  bucket: string;
  key: string;
  sha256: string;
}

/** Rejects if the bundle has another hash. */
export async function fetchBundle(scope: Scope, bundle: BundleLocation): Promise<Uint8Array> {
  const s3 = new S3Client({ ...clientConfig(scope), forcePathStyle: true });
  try {
    const object = await s3.send(new GetObjectCommand({ Bucket: bundle.bucket, Key: bundle.key }));
    const content = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
    const sha256 = createHash("sha256").update(content).digest("hex");
    if (sha256 !== bundle.sha256) {
      throw new Error(
        `s3://${bundle.bucket}/${bundle.key} has the hash ${sha256}, not ${bundle.sha256}`,
      );
    }
    return content;
  } finally {
    s3.destroy();
  }
}
