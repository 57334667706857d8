export { isS3Message, parseS3Message } from "./s3-event";
export type { S3Message, S3ObjectEvent } from "./s3-event";
