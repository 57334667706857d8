import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import { Asset } from "../../values/property-value";
import { assetContent, zipContent } from "../asset-content";
import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { asset, boolean, map, output, regional, required, string, tagged } from "../shape";
import { fromTagList, toTagList } from "../tags";
import { bucketGone } from "./s3-bucket";

const splitId = (id: string): { Bucket: string; Key: string } => {
  const path = id.replace(/^s3:\/\//, "");
  const slash = path.indexOf("/");
  return { Bucket: path.slice(0, slash), Key: path.slice(slash + 1) };
};

const unquoted = (etag: string | undefined) => etag?.replace(/^"|"$/g, "");

/** Properties that only an upload can set. */
const uploaded = [
  "source",
  "sourceHash",
  "content",
  "contentBase64",
  "contentType",
  "contentDisposition",
  "contentEncoding",
  "contentLanguage",
  "cacheControl",
  "metadata",
  "storageClass",
  "serverSideEncryption",
  "kmsKeyId",
  "bucketKeyEnabled",
  "websiteRedirect",
  "etag",
];

export const bucketObjectv2 = resourceType({
  type: "aws:s3/bucketObjectv2:BucketObjectv2",
  shape: {
    ...regional,
    ...tagged,
    bucket: required(string({ replaces: true })),
    key: string({ replaces: true, computed: true }),
    source: asset(),
    sourceHash: string(),
    content: string(),
    contentBase64: string(),
    contentType: string({ computed: true }),
    contentDisposition: string(),
    contentEncoding: string(),
    contentLanguage: string(),
    cacheControl: string(),
    metadata: map(string()),
    storageClass: string({ computed: true }),
    serverSideEncryption: string({ computed: true }),
    kmsKeyId: string({ computed: true }),
    bucketKeyEnabled: boolean({ computed: true }),
    websiteRedirect: string(),
    etag: string({ computed: true }),
    forceDestroy: boolean({ default: false }),
    arn: output(string()),
    versionId: output(string()),
  },
  name: { property: "key", maxLength: 1024 },
  check(inputs) {
    const sources = ["source", "content", "contentBase64"].filter(
      (property) => inputs[property] !== undefined,
    );
    if (sources.length <= 1) return [];
    const reason = `${sources.join(" and ")} are given; an object has one content`;
    return [{ property: sources[0] ?? "", reason }];
  },
  async create(inputs, { clients }) {
    await clients.s3.putObject(await upload(inputs));
    return `${inputs.bucket}/${inputs.key ?? ""}`;
  },
  async read(id, { clients }, recorded) {
    const at = splitId(id);
    const head = await ifThere([...bucketGone, "NoSuchKey"], clients.s3.headObject(at));
    if (head === undefined) return undefined;
    const tagging = await clients.s3.getObjectTagging(at);
    const etag = unquoted(head.ETag);
    // The ETag identifies the content in S3. If it differs, the recorded source is no longer the content.
    const isAsRecorded = recorded.etag === undefined || recorded.etag === etag;
    return {
      bucket: at.Bucket,
      key: at.Key,
      source: isAsRecorded ? recorded.source : undefined,
      content: isAsRecorded ? recorded.content : undefined,
      contentBase64: isAsRecorded ? recorded.contentBase64 : undefined,
      contentType: head.ContentType,
      contentDisposition: head.ContentDisposition,
      contentEncoding: head.ContentEncoding,
      contentLanguage: head.ContentLanguage,
      cacheControl: head.CacheControl,
      metadata: head.Metadata,
      storageClass: head.StorageClass ?? "STANDARD",
      // S3 encrypts every object; the embedded cloud forgets it for one that is older than its bucket's setting.
      serverSideEncryption: head.ServerSideEncryption ?? "AES256",
      kmsKeyId: head.SSEKMSKeyId ?? "",
      bucketKeyEnabled: head.BucketKeyEnabled ?? false,
      websiteRedirect: head.WebsiteRedirectLocation,
      etag,
      arn: `arn:aws:s3:::${id}`,
      versionId: head.VersionId ?? "",
      tagsAll: fromTagList(tagging.TagSet),
    };
  },
  unknownAfter: (changed) =>
    uploaded.some((property) => changed.has(property)) ? ["versionId", "etag"] : [],
  async update(id, inputs, { changed }, { clients }) {
    const at = splitId(id);
    if (uploaded.some((property) => changed.has(property))) {
      await clients.s3.putObject(await upload(inputs));
    } else if (changed.has("tags") || changed.has("tagsAll")) {
      const TagSet = toTagList(inputs.tagsAll);
      await clients.s3.putObjectTagging({ ...at, Tagging: { TagSet } });
    }
  },
  async delete(id, _state, { clients }) {
    const at = splitId(id);
    // As in the official provider: deletes every version of the key, so that the bucket can be deleted.
    const listed = await ifThere(
      bucketGone,
      clients.s3.listObjectVersions({ Bucket: at.Bucket, Prefix: at.Key }),
    );
    const versions = [...(listed?.Versions ?? []), ...(listed?.DeleteMarkers ?? [])];
    for (const { Key, VersionId } of versions) {
      if (Key !== at.Key) continue;
      await ignoreGone([...bucketGone, "NoSuchKey"], clients.s3.deleteObject({ ...at, VersionId }));
    }
    if (listed !== undefined && versions.length === 0) {
      await ignoreGone([...bucketGone, "NoSuchKey"], clients.s3.deleteObject(at));
    }
  },
});

async function upload(
  inputs: Parameters<typeof bucketObjectv2.create>[0],
): Promise<PutObjectCommandInput> {
  const { source, content, contentBase64 } = inputs;
  let Body: Uint8Array = new Uint8Array();
  if (source !== undefined) {
    Body = source instanceof Asset ? await assetContent(source) : await zipContent(source);
  } else if (content !== undefined) Body = new TextEncoder().encode(content);
  else if (contentBase64 !== undefined) Body = Buffer.from(contentBase64, "base64");
  const tags = Object.entries(inputs.tagsAll ?? {});
  return {
    Bucket: inputs.bucket,
    Key: inputs.key,
    Body,
    ContentType: inputs.contentType,
    ContentDisposition: inputs.contentDisposition,
    ContentEncoding: inputs.contentEncoding,
    ContentLanguage: inputs.contentLanguage,
    CacheControl: inputs.cacheControl,
    Metadata: inputs.metadata,
    StorageClass: inputs.storageClass as "STANDARD" | undefined,
    ServerSideEncryption: inputs.serverSideEncryption as "AES256" | undefined,
    SSEKMSKeyId: inputs.kmsKeyId,
    BucketKeyEnabled: inputs.bucketKeyEnabled,
    WebsiteRedirectLocation: inputs.websiteRedirect,
    ...(tags.length === 0 ? {} : { Tagging: new URLSearchParams(tags).toString() }),
  };
}
