import {
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  type TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

export interface Clients {
  s3: S3Client;
  sqs: SQSClient;
}

/** What exists of a planned resource, as the service describes it. It can be put back as it is. */
export type Existing = Record<string, unknown>;

/** How one type of resource is looked up and put back. */
export interface Inspector {
  /** The actions that reading it needs. */
  reads: string;
  /** The physical name that the program plans. */
  target(inputs: Record<string, unknown>): string;
  /** Undefined if it does not exist. */
  read(clients: Clients, target: string): Promise<Existing | undefined>;
  restore(clients: Clients, target: string, existing: Existing): Promise<void>;
  /** For a part of a bucket: makes it as if it had never been set. */
  remove?(clients: Clients, target: string): Promise<void>;
}

/** Attributes that SQS computes, or that cannot be set. */
const readOnly = /^(QueueArn|Approximate.*|CreatedTimestamp|LastModifiedTimestamp|FifoQueue)$/;

/** How attributes are unset. SQS has a value for each of the others. */
const unset: Readonly<Record<string, string>> = {
  ...{ Policy: "", RedrivePolicy: "", RedriveAllowPolicy: "", KmsMasterKeyId: "" },
  SqsManagedSseEnabled: "false",
};

const queue: Inspector = {
  reads: "sqs:GetQueueUrl, sqs:GetQueueAttributes, sqs:ListQueueTags",
  target: ({ name }) => String(name),
  async read({ sqs }, name) {
    const url = await orAbsent(sqs.send(new GetQueueUrlCommand({ QueueName: name })));
    if (url?.QueueUrl === undefined) return undefined;
    const { QueueUrl } = url;
    const [{ Attributes = {} }, { Tags }] = await Promise.all([
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] })),
      sqs.send(new ListQueueTagsCommand({ QueueUrl })),
    ]);
    const attributes = Object.fromEntries(
      Object.entries(Attributes).filter(
        // Empty and off are the same as never set, which not every answer says.
        ([key, value]) =>
          !readOnly.test(key) &&
          value !== "" &&
          !(key === "SqsManagedSseEnabled" && value === "false"),
      ),
    );
    return { attributes, tags: Tags ?? {} };
  },
  async restore({ sqs }, name, { attributes, tags }) {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    const saved = attributes as Record<string, string>;
    const { Attributes: now = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    const added = Object.entries(unset).filter(([key]) => key in now);
    const Attributes = { ...Object.fromEntries(added), ...saved };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    const Tags = tags as Record<string, string>;
    const { Tags: present = {} } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }));
    const TagKeys = Object.keys(present).filter((key) => !(key in Tags));
    if (TagKeys.length > 0) await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys }));
    if (Object.keys(Tags).length > 0) await sqs.send(new TagQueueCommand({ QueueUrl, Tags }));
  },
};

/** A bucket or a part of it: one call reads it, one writes it, one removes it. */
function bucketPart(
  reads: string,
  calls: {
    read: (s3: S3Client, Bucket: string) => Promise<Existing | undefined>;
    restore: (s3: S3Client, Bucket: string, existing: Existing) => Promise<unknown>;
    remove?: (s3: S3Client, Bucket: string) => Promise<unknown>;
  },
): Inspector {
  const { read, restore, remove } = calls;
  return {
    reads,
    target: ({ bucket }) => String(bucket),
    read: async ({ s3 }, name) => {
      const found = await orAbsent(read(s3, name));
      return found === undefined || Object.keys(found).length === 0 ? undefined : found;
    },
    restore: async ({ s3 }, name, existing) => void (await restore(s3, name, existing)),
    ...(remove === undefined
      ? {}
      : { remove: async ({ s3 }, name) => void (await remove(s3, name)) }),
  };
}

/** The answer without what belongs to the call. */
function content(answer: object): Existing {
  return JSON.parse(JSON.stringify({ ...answer, $metadata: undefined })) as Existing;
}

/** By type of the Pulumi resource, in the order in which they are put back: the bucket before its parts. */
export const inspectors: Readonly<Record<string, Inspector>> = {
  "aws:sqs/queue:Queue": queue,
  "aws:s3/bucket:Bucket": bucketPart("s3:GetBucketVersioning, s3:GetBucketTagging", {
    async read(s3, Bucket) {
      // It exists if its versioning can be read, also without tags.
      await s3.send(new GetBucketVersioningCommand({ Bucket }));
      const tags = await orAbsent(s3.send(new GetBucketTaggingCommand({ Bucket })));
      return { TagSet: tags?.TagSet ?? [] };
    },
    restore: async (s3, Bucket, { TagSet }) =>
      (TagSet as []).length === 0
        ? s3.send(new DeleteBucketTaggingCommand({ Bucket }))
        : s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: TagSet as [] } })),
  }),
  "aws:s3/bucketVersioning:BucketVersioning": bucketPart("s3:GetBucketVersioning", {
    async read(s3, Bucket) {
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
      return Status === undefined ? undefined : { Status };
    },
    restore: (s3, Bucket, { Status }) => setVersioning(s3, Bucket, Status as "Enabled"),
    // S3 cannot forget that there were versions.
    remove: (s3, Bucket) => setVersioning(s3, Bucket, "Suspended"),
  }),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    bucketPart("s3:GetEncryptionConfiguration", {
      read: async (s3, Bucket) =>
        content(await s3.send(new GetBucketEncryptionCommand({ Bucket }))),
      restore: (s3, Bucket, existing) =>
        s3.send(new PutBucketEncryptionCommand({ Bucket, ...(existing as object) } as never)),
      remove: (s3, Bucket) => s3.send(new DeleteBucketEncryptionCommand({ Bucket })),
    }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketPart(
    "s3:GetBucketPublicAccessBlock",
    {
      read: async (s3, Bucket) =>
        content(await s3.send(new GetPublicAccessBlockCommand({ Bucket }))),
      restore: (s3, Bucket, existing) =>
        s3.send(new PutPublicAccessBlockCommand({ Bucket, ...(existing as object) } as never)),
      remove: (s3, Bucket) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
    },
  ),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketPart(
    "s3:GetBucketOwnershipControls",
    {
      read: async (s3, Bucket) =>
        content(await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))),
      restore: (s3, Bucket, existing) =>
        s3.send(
          new PutBucketOwnershipControlsCommand({ Bucket, ...(existing as object) } as never),
        ),
      remove: (s3, Bucket) => s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })),
    },
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketPart(
    "s3:GetLifecycleConfiguration",
    {
      async read(s3, Bucket) {
        const { Rules, TransitionDefaultMinimumObjectSize } = await s3.send(
          new GetBucketLifecycleConfigurationCommand({ Bucket }),
        );
        return content({ Rules, TransitionDefaultMinimumObjectSize });
      },
      restore: (s3, Bucket, { Rules, TransitionDefaultMinimumObjectSize }) =>
        s3.send(
          new PutBucketLifecycleConfigurationCommand({
            Bucket,
            LifecycleConfiguration: { Rules: datesIn(Rules) as [] },
            TransitionDefaultMinimumObjectSize:
              TransitionDefaultMinimumObjectSize as TransitionDefaultMinimumObjectSize,
          }),
        ),
      remove: (s3, Bucket) => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
    },
  ),
  "aws:s3/bucketPolicy:BucketPolicy": bucketPart("s3:GetBucketPolicy", {
    read: async (s3, Bucket) => content(await s3.send(new GetBucketPolicyCommand({ Bucket }))),
    restore: (s3, Bucket, { Policy }) =>
      s3.send(new PutBucketPolicyCommand({ Bucket, Policy: Policy as string })),
    remove: (s3, Bucket) => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
  }),
  "aws:s3/bucketNotification:BucketNotification": bucketPart("s3:GetBucketNotification", {
    read: async (s3, Bucket) =>
      content(await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))),
    restore: setNotifications,
    remove: (s3, Bucket) => setNotifications(s3, Bucket, {}),
  }),
};

function setVersioning(s3: S3Client, Bucket: string, Status: "Enabled" | "Suspended") {
  return s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
}

function setNotifications(s3: S3Client, Bucket: string, NotificationConfiguration: Existing) {
  return s3.send(
    new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
  );
}

/** JSON has no dates. */
const datesIn = (rules: unknown): unknown =>
  JSON.parse(JSON.stringify(rules), (key, value: unknown) =>
    key === "Date" && typeof value === "string" ? new Date(value) : value,
  );

/** Errors by which SQS and S3 say that something does not exist. */
const absent =
  /^(QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue|NoSuch\w+|NotFound|OwnershipControlsNotFoundError|ServerSideEncryptionConfigurationNotFoundError)$/;

async function orAbsent<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (absent.test(name)) return undefined;
    throw error;
  }
}
