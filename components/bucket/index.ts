export { bucketNotification } from "./bucket-notification";
export { PrivateBucket, type KeptInBucket } from "./private-bucket";
