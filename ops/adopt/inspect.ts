import {
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
import { OpsError } from "../cli/fault";
import type { Planned } from "./planned";

export interface Clients {
  s3: S3Client;
  sqs: SQSClient;
}

/** What exists of a planned resource, as the service describes it. It can be put back as it is. */
export type Existing = Record<string, unknown>;

/** How one type of resource is looked up and put back. */
interface Inspector {
  /** The physical name that the program plans. */
  target(inputs: Record<string, unknown>): string;
  /** Undefined if it does not exist. */
  read(clients: Clients, target: string): Promise<Existing | undefined>;
  restore(clients: Clients, target: string, existing: Existing): Promise<void>;
}

/** Attributes that SQS computes, or that cannot be set. */
const readOnly = /^(QueueArn|Approximate.*|CreatedTimestamp|LastModifiedTimestamp|FifoQueue)$/;

const queue: Inspector = {
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
      Object.entries(Attributes).filter(([key]) => !readOnly.test(key)),
    );
    return { attributes, tags: Tags ?? {} };
  },
  async restore({ sqs }, name, { attributes, tags }) {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    const saved = attributes as Record<string, string>;
    // An attribute that was not set is emptied. SQS refuses both ways of encryption at once.
    const none = {
      ...{ Policy: "", RedrivePolicy: "", RedriveAllowPolicy: "" },
      ...("KmsMasterKeyId" in saved ? {} : { SqsManagedSseEnabled: "false" }),
    };
    const Attributes = { ...none, ...saved };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    const Tags = tags as Record<string, string>;
    const { Tags: present = {} } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }));
    const TagKeys = Object.keys(present).filter((key) => !(key in Tags));
    if (TagKeys.length > 0) await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys }));
    if (Object.keys(Tags).length > 0) await sqs.send(new TagQueueCommand({ QueueUrl, Tags }));
  },
};

/** A part of a bucket: one call reads it, one writes it, one removes it. */
function bucketPart(
  read: (s3: S3Client, Bucket: string) => Promise<Existing | undefined>,
  restore: (s3: S3Client, Bucket: string, existing: Existing) => Promise<unknown>,
): Inspector {
  return {
    target: ({ bucket }) => String(bucket),
    read: async ({ s3 }, name) => {
      const found = await orAbsent(read(s3, name));
      return found === undefined || Object.keys(found).length === 0 ? undefined : found;
    },
    restore: async ({ s3 }, name, existing) => void (await restore(s3, name, existing)),
  };
}

/** The answer without what belongs to the call. */
function content(answer: object): Existing {
  return JSON.parse(JSON.stringify({ ...answer, $metadata: undefined })) as Existing;
}

/** By type of the Pulumi resource. */
export const inspectors: Readonly<Record<string, Inspector>> = {
  "aws:sqs/queue:Queue": queue,
  "aws:s3/bucket:Bucket": bucketPart(
    async (s3, Bucket) => {
      // It exists if its versioning can be read, also without tags.
      await s3.send(new GetBucketVersioningCommand({ Bucket }));
      const tags = await orAbsent(s3.send(new GetBucketTaggingCommand({ Bucket })));
      return { TagSet: tags?.TagSet ?? [] };
    },
    async (s3, Bucket, { TagSet }) =>
      (TagSet as []).length === 0
        ? s3.send(new DeleteBucketTaggingCommand({ Bucket }))
        : s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: TagSet as [] } })),
  ),
  "aws:s3/bucketVersioning:BucketVersioning": bucketPart(
    async (s3, Bucket) => {
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
      return Status === undefined ? undefined : { Status };
    },
    (s3, Bucket, { Status }) =>
      s3.send(
        new PutBucketVersioningCommand({
          Bucket,
          VersioningConfiguration: { Status: Status as "Enabled" },
        }),
      ),
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    bucketPart(
      async (s3, Bucket) => content(await s3.send(new GetBucketEncryptionCommand({ Bucket }))),
      (s3, Bucket, existing) =>
        s3.send(new PutBucketEncryptionCommand({ Bucket, ...(existing as object) } as never)),
    ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketPart(
    async (s3, Bucket) => content(await s3.send(new GetPublicAccessBlockCommand({ Bucket }))),
    (s3, Bucket, existing) =>
      s3.send(new PutPublicAccessBlockCommand({ Bucket, ...(existing as object) } as never)),
  ),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketPart(
    async (s3, Bucket) => content(await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))),
    (s3, Bucket, existing) =>
      s3.send(new PutBucketOwnershipControlsCommand({ Bucket, ...(existing as object) } as never)),
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketPart(
    async (s3, Bucket) => {
      const { Rules, TransitionDefaultMinimumObjectSize } = await s3.send(
        new GetBucketLifecycleConfigurationCommand({ Bucket }),
      );
      return content({ Rules, TransitionDefaultMinimumObjectSize });
    },
    (s3, Bucket, { Rules, TransitionDefaultMinimumObjectSize }) =>
      s3.send(
        new PutBucketLifecycleConfigurationCommand({
          Bucket,
          LifecycleConfiguration: { Rules: datesIn(Rules) as [] },
          TransitionDefaultMinimumObjectSize:
            TransitionDefaultMinimumObjectSize as TransitionDefaultMinimumObjectSize,
        }),
      ),
  ),
  "aws:s3/bucketPolicy:BucketPolicy": bucketPart(
    async (s3, Bucket) => content(await s3.send(new GetBucketPolicyCommand({ Bucket }))),
    (s3, Bucket, { Policy }) =>
      s3.send(new PutBucketPolicyCommand({ Bucket, Policy: String(Policy) })),
  ),
  "aws:s3/bucketNotification:BucketNotification": bucketPart(
    async (s3, Bucket) =>
      content(await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))),
    (s3, Bucket, existing) =>
      s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket,
          NotificationConfiguration: existing,
        }),
      ),
  ),
};

/** Removes a part of a bucket that did not exist when the backup was made. */
export const removers: Readonly<
  Record<string, (clients: Clients, Bucket: string) => Promise<unknown>>
> = {
  // S3 cannot forget that there were versions.
  "aws:s3/bucketVersioning:BucketVersioning": ({ s3 }, Bucket) =>
    s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
    ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ({ s3 }, Bucket) =>
    s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ({ s3 }, Bucket) =>
    s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ({ s3 }, Bucket) =>
    s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
  "aws:s3/bucketPolicy:BucketPolicy": ({ s3 }, Bucket) =>
    s3.send(new DeleteBucketPolicyCommand({ Bucket })),
  "aws:s3/bucketNotification:BucketNotification": ({ s3 }, Bucket) =>
    s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }),
    ),
};

/** A planned resource, and what exists of it. */
export interface Found extends Planned {
  target: string;
  existing: Existing | undefined;
}

export async function inspect(planned: readonly Planned[], clients: Clients): Promise<Found[]> {
  const known = planned.filter(({ type }) => type in inspectors);
  return Promise.all(
    known.map(async (resource) => {
      const inspector = inspectors[resource.type];
      if (inspector === undefined) throw new Error(`no inspector for ${resource.type}`);
      const target = inspector.target(resource.inputs);
      const existing = await inspector.read(clients, target).catch((error: Error) => {
        throw new OpsError(`${target} cannot be inspected: ${error.message}`);
      });
      return { ...resource, target, existing };
    }),
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
