import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, output, regional, string, tagged } from "../shape";
import { fromTagList, toTagList } from "../tags";
import type { Clients } from "../clients";

export const bucketGone = ["NoSuchBucket", "NotFound"];

export const bucket = resourceType({
  type: "aws:s3/bucket:Bucket",
  shape: {
    ...regional,
    ...tagged,
    bucket: string({ replaces: true, computed: true }),
    bucketPrefix: string({ replaces: true }),
    forceDestroy: boolean({ default: false }),
    objectLockEnabled: boolean({ computed: true, replaces: true }),
    arn: output(string()),
    bucketDomainName: output(string()),
    bucketRegionalDomainName: output(string()),
    bucketRegion: output(string()),
  },
  name: {
    property: "bucket",
    prefixProperty: "bucketPrefix",
    maxLength: 63,
    adapt: (name) => name.toLowerCase(),
  },
  check({ bucket: name }) {
    if (typeof name !== "string" || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return [];
    return [
      {
        property: "bucket",
        reason: `bucket is ${name}; S3 allows 3 to 63 lower-case letters, digits, hyphens and dots`,
      },
    ];
  },
  async create(inputs, { clients, created, region }) {
    const Bucket = inputs.bucket ?? "";
    await clients.s3.createBucket({
      Bucket,
      ObjectLockEnabledForBucket: inputs.objectLockEnabled,
      // S3 refuses a constraint that names its own first region.
      ...(region === "us-east-1"
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as "ap-northeast-1" } }),
    });
    created(Bucket);
    await putTags(clients, Bucket, inputs.tagsAll);
    return Bucket;
  },
  async read(Bucket, { clients, region }) {
    if ((await ifThere(bucketGone, clients.s3.headBucket({ Bucket }))) === undefined) {
      return undefined;
    }
    const [tagging, lock] = await Promise.all([
      ifThere(["NoSuchTagSet"], clients.s3.getBucketTagging({ Bucket })),
      ifThere(
        ["ObjectLockConfigurationNotFoundError"],
        clients.s3.getObjectLockConfiguration({ Bucket }),
      ),
    ]);
    return {
      bucket: Bucket,
      objectLockEnabled: lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled",
      arn: `arn:aws:s3:::${Bucket}`,
      bucketDomainName: `${Bucket}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${Bucket}.s3.${region}.amazonaws.com`,
      bucketRegion: region,
      tagsAll: fromTagList(tagging?.TagSet),
    };
  },
  async update(Bucket, inputs, { changed }, { clients }) {
    if (changed.has("tags") || changed.has("tagsAll"))
      await putTags(clients, Bucket, inputs.tagsAll);
  },
  async delete(Bucket, { forceDestroy }, { clients }) {
    if (forceDestroy === true) await ifThere(bucketGone, emptyBucket(clients, Bucket));
    await ignoreGone(bucketGone, clients.s3.deleteBucket({ Bucket }));
  },
});

async function putTags(
  { s3 }: Clients,
  Bucket: string,
  tags: Record<string, string> | undefined,
): Promise<void> {
  const TagSet = toTagList(tags);
  if (TagSet.length === 0) await s3.deleteBucketTagging({ Bucket });
  else await s3.putBucketTagging({ Bucket, Tagging: { TagSet } });
}

/** Every version and every delete marker: a bucket that holds any of them cannot be deleted. */
async function emptyBucket({ s3 }: Clients, Bucket: string): Promise<true> {
  for (;;) {
    const page = await s3.listObjectVersions({ Bucket, MaxKeys: 1000 });
    const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(
      ({ Key, VersionId }) => ({ Key, VersionId }),
    );
    if (Objects.length === 0) return true;
    const { Errors = [] } = await s3.deleteObjects({ Bucket, Delete: { Objects, Quiet: true } });
    if (Errors.length > 0) {
      const [first] = Errors;
      throw new Error(
        `${Errors.length} objects of the bucket ${Bucket} could not be deleted; the first is ${first?.Key}: ${first?.Message}`,
      );
    }
  }
}
