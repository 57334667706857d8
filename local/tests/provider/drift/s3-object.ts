import { createHash } from "node:crypto";
import { Asset } from "../../../values/property-value";
import { each, type ByHand, type Drift } from "./drift";
import { newBucket, newKey } from "../surroundings";

const objectAt = (id: string) => ({
  Bucket: id.slice(0, id.indexOf("/")),
  Key: id.slice(id.indexOf("/") + 1),
});

/** An upload over the object that keeps all but what is said. */
const upload = (table: Record<string, object>) =>
  each(table, ({ s3 }, id, changed) =>
    s3.putObject({
      ...objectAt(id),
      Body: "text",
      ContentType: "text/plain",
      ContentDisposition: "inline",
      ContentEncoding: "identity",
      ContentLanguage: "en",
      CacheControl: "no-cache",
      Metadata: { hash: "one" },
      WebsiteRedirectLocation: "/other",
      Tagging: "Project=files",
      ...changed,
    }),
  );

const deleteObject: ByHand = ({ s3 }, id) => s3.deleteObject(objectAt(id));

export const s3ObjectDrifts: Drift[] = [
  {
    type: "aws:s3/bucketObjectv2:BucketObjectv2",
    prepare: (under) => newBucket(under, "holding"),
    inputs: ({ bucket = "" }) => ({
      bucket,
      key: "in/text",
      content: "text",
      contentType: "text/plain",
      contentDisposition: "inline",
      contentEncoding: "identity",
      contentLanguage: "en",
      cacheControl: "no-cache",
      metadata: { hash: "one" },
      storageClass: "STANDARD",
      websiteRedirect: "/other",
      tags: { Project: "files" },
    }),
    fixed: ["bucket", "key"],
    byHand: {
      ...upload({
        content: { Body: "by hand" },
        contentType: { ContentType: "text/html" },
        contentDisposition: { ContentDisposition: "attachment" },
        contentEncoding: { ContentEncoding: "gzip" },
        contentLanguage: { ContentLanguage: undefined },
        cacheControl: { CacheControl: "max-age=9" },
        metadata: { Metadata: { hash: "two" } },
        storageClass: { StorageClass: "STANDARD_IA" },
        websiteRedirect: { WebsiteRedirectLocation: undefined },
      }),
      tags: ({ s3 }, id) => s3.putObjectTagging({ ...objectAt(id), Tagging: { TagSet: [] } }),
    },
    removals: {
      it: deleteObject,
      "its bucket": async (clients, id, prepared) => {
        await deleteObject(clients, id, prepared);
        await clients.s3.deleteBucket({ Bucket: prepared.bucket });
      },
    },
  },
  {
    type: "aws:s3/bucketObjectv2:BucketObjectv2",
    variant: "from a file",
    prepare: async (under) => ({
      ...(await newBucket(under, "bundled")),
      key: await newKey(under),
    }),
    inputs: ({ bucket = "" }) => ({
      bucket,
      key: "bundle.js",
      source: new Asset({ text: "text" }, "0123"),
      serverSideEncryption: "AES256",
      etag: createHash("md5").update("text").digest("hex"),
    }),
    changesWith: { source: ["etag"], etag: ["source"] },
    byHand: {
      ...each({ source: "by hand", etag: "by hand" }, ({ s3 }, id, Body) =>
        s3.putObject({ ...objectAt(id), Body, ServerSideEncryption: "AES256" }),
      ),
      serverSideEncryption: ({ s3 }, id, { key }) =>
        s3.putObject({
          ...objectAt(id),
          Body: "text",
          ServerSideEncryption: "aws:kms",
          SSEKMSKeyId: key,
        }),
    },
    removals: { it: deleteObject },
  },
  {
    type: "aws:s3/bucketObjectv2:BucketObjectv2",
    variant: "encrypted, from base64",
    prepare: async (under) => ({
      ...(await newBucket(under, "keeping")),
      key: await newKey(under),
      other: await newKey(under),
    }),
    inputs: ({ bucket = "", key = "" }) => ({
      bucket,
      key: "secret",
      contentBase64: Buffer.from("text").toString("base64"),
      serverSideEncryption: "aws:kms",
      kmsKeyId: key,
    }),
    byHand: each(
      {
        contentBase64: [{ Body: "by hand" }, "key"],
        kmsKeyId: [{}, "other"],
      } as const,
      ({ s3 }, id, [changed, key], prepared) =>
        s3.putObject({
          ...objectAt(id),
          Body: "text",
          ServerSideEncryption: "aws:kms",
          SSEKMSKeyId: prepared[key],
          ...changed,
        }),
    ),
    removals: { it: deleteObject },
  },
];
