/** The embedded cloud uses a 12-digit access key id as the account id. Nothing of this is secret. */
export const account = {
  accountId: "123456789012",
  accessKeyId: "123456789012",
  secretAccessKey: "local",
} as const;
