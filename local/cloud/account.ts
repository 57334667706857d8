/** The embedded cloud takes a 12-digit access key id for the account itself; none of this is secret. */
export const account = {
  accountId: "123456789012",
  accessKeyId: "123456789012",
  secretAccessKey: "local",
} as const;
