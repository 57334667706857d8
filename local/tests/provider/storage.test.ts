import { expect } from "chai";
import { Asset, type PropertyMap } from "../../values/property-value";
import { servicesMaySend } from "../../../tests/support/queue-policy";
import { itLives, Resource } from "./lifecycle";
import { region, startProvider, type ProviderUnderTest } from "./provider-under-test";
import { newFunction } from "./surroundings";

describe("provider: S3", () => {
  let under: ProviderUnderTest;
  let processor: string;
  before(async () => {
    under = await startProvider();
    processor = await newProcessor();
  });
  after(() => under.close());

  // Bucket names are one space for all accounts.
  const bucketName = (name: string) => `${name}-${under.account.accountId}`;
  const newBucket = async (name: string) => {
    const Bucket = bucketName(name);
    await under.clients.s3.createBucket({
      Bucket,
      CreateBucketConfiguration: { LocationConstraint: region },
    });
    return { bucket: Bucket };
  };
  const newQueue = async (name: string) => {
    const arn = `arn:aws:sqs:${region}:${under.account.accountId}:${name}`;
    const Attributes = { Policy: servicesMaySend(arn) };
    await under.clients.sqs.createQueue({ QueueName: name, Attributes });
    return arn;
  };

  /** A function that any bucket may invoke. */
  const newProcessor = async () => {
    const { name, arn } = await newFunction(under, "audio-processor");
    await under.clients.lambda.addPermission({
      FunctionName: name,
      StatementId: "buckets",
      Action: "lambda:InvokeFunction",
      Principal: "s3.amazonaws.com",
    });
    return arn;
  };

  describe("a bucket", () => {
    itLives(
      {
        type: "aws:s3/bucket:Bucket",
        inputs: () => ({ bucket: bucketName("files"), tags: { Project: "files" } }),
        outputs: (id) => ({
          arn: `arn:aws:s3:::${id}`,
          bucketRegionalDomainName: `${id}.s3.${region}.amazonaws.com`,
          forceDestroy: false,
        }),
        updates: [{ tags: { Project: "files", Environment: "dev" } }, { forceDestroy: true }],
        replacements: [{ bucket: "another-bucket" }],
        importedAs: { forceDestroy: null },
      },
      () => under,
    );

    it("with forceDestroy goes with all versions it holds, without it stays", async () => {
      const resource = new Resource(under, "aws:s3/bucket:Bucket", "full");
      const bucket = await resource.create({ bucket: bucketName("full") });
      await under.clients.s3.putBucketVersioning({
        Bucket: bucket.id,
        VersioningConfiguration: { Status: "Enabled" },
      });
      for (const Body of ["one", "two"]) {
        await under.clients.s3.putObject({ Bucket: bucket.id, Key: "a", Body });
      }
      await under.clients.s3.deleteObject({ Bucket: bucket.id, Key: "a" });
      const refused = await resource.delete(bucket).then(
        () => "deleted",
        (error: unknown) => String(error),
      );
      expect(refused).to.match(/BucketNotEmpty|not empty/);
      await resource.delete({ ...bucket, outputs: { ...bucket.outputs, forceDestroy: true } });
      expect(await resource.refresh(bucket)).to.equal(undefined);
    });
  });

  itLives(
    {
      type: "aws:s3/bucketVersioning:BucketVersioning",
      prepare: () => newBucket("versioned"),
      inputs: ({ bucket = "" }) => ({ bucket, versioningConfiguration: { status: "Enabled" } }),
      updates: [{ versioningConfiguration: { status: "Suspended" } }],
      replacements: [{ bucket: "another-bucket" }],
      isNeverGone: true,
    },
    () => under,
  );

  itLives(
    {
      type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      prepare: () => newBucket("closed"),
      inputs: ({ bucket = "" }) => ({
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      }),
      updates: [
        { blockPublicAcls: false },
        { restrictPublicBuckets: null, ignorePublicAcls: false },
      ],
    },
    () => under,
  );

  const encryption = (sseAlgorithm: string, bucketKeyEnabled: boolean) => [
    { applyServerSideEncryptionByDefault: { sseAlgorithm }, bucketKeyEnabled },
  ];
  itLives(
    {
      type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      prepare: () => newBucket("encrypted"),
      inputs: ({ bucket = "" }) => ({ bucket, rules: encryption("AES256", true) }),
      updates: [{ rules: encryption("aws:kms", true) }, { rules: encryption("aws:kms", false) }],
      // S3 then encrypts with its own key: no bucket is without.
      isNeverGone: true,
    },
    () => under,
  );

  const unfinished = (daysAfterInitiation: number) => ({
    id: "unfinished-uploads",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation },
  });
  const old = {
    id: "old-versions",
    status: "Enabled",
    filter: { prefix: "a/" },
    noncurrentVersionExpiration: { noncurrentDays: 30 },
  };
  itLives(
    {
      type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      prepare: () => newBucket("aging"),
      inputs: ({ bucket = "" }) => ({ bucket, rules: [unfinished(7), old] }),
      updates: [
        { rules: [unfinished(3), old] },
        { rules: [unfinished(3)] },
        {
          rules: [
            {
              ...old,
              expiration: { days: 90 },
              transitions: [{ days: 30, storageClass: "GLACIER" }],
            },
          ],
        },
      ],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
      prepare: () => newBucket("owned"),
      inputs: ({ bucket = "" }) => ({ bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }),
      updates: [{ rule: { objectOwnership: "BucketOwnerPreferred" } }],
    },
    () => under,
  );

  const policy = (bucket: string, action: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Deny", Principal: "*", Action: action, Resource: `arn:aws:s3:::${bucket}/*` },
      ],
    });
  itLives(
    {
      type: "aws:s3/bucketPolicy:BucketPolicy",
      prepare: () => newBucket("guarded"),
      inputs: ({ bucket = "" }) => ({ bucket, policy: policy(bucket, "s3:*") }),
      updates: ({ bucket = "" }) => [{ policy: policy(bucket, "s3:PutObject") }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:s3/bucketNotification:BucketNotification",
      prepare: async () => ({
        ...(await newBucket("telling")),
        inbox: await newQueue("inbox"),
        other: await newQueue("other"),
      }),
      inputs: ({ bucket = "", inbox = "" }) => ({
        bucket,
        queues: [{ id: "uploads", queueArn: inbox, events: ["s3:ObjectCreated:*"] }],
      }),
      updates: ({ inbox = "", other = "" }): PropertyMap[] => [
        {
          queues: [
            { id: "uploads", queueArn: inbox, events: ["s3:ObjectCreated:*"], filterPrefix: "a/" },
          ],
        },
        { queues: [{ id: "uploads", queueArn: other, events: ["s3:ObjectRemoved:*"] }] },
        {
          queues: null,
          lambdaFunctions: [
            {
              id: "recordings",
              lambdaFunctionArn: processor,
              events: ["s3:ObjectCreated:*"],
              filterPrefix: "files/",
              filterSuffix: ".wav",
            },
          ],
        },
      ],
      replacements: [{ bucket: "another-bucket" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:s3/bucketObjectv2:BucketObjectv2",
      prepare: () => newBucket("holding"),
      inputs: ({ bucket = "" }) => ({
        bucket,
        key: "bundles/worker.js",
        source: new Asset({ path: __filename }, "0123"),
        contentType: "text/javascript",
        tags: { Project: "files" },
      }),
      updates: [
        { contentType: "application/javascript" },
        { source: new Asset({ text: "other" }, "4567") },
        { tags: { Project: "other" } },
      ],
      replacements: [{ key: "other.js" }],
      importedAs: { source: null },
    },
    () => under,
  );
});
