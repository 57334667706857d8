export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** One account and region of the embedded cloud. */
export interface Scope {
  endpoint: string;
  accountId: string;
  region: string;
  /** Default: those of the account's root. */
  credentials?: Credentials | (() => Promise<Credentials>);
}

/** The configuration of every AWS SDK client for a scope. The 12-digit access key id of an account's root is the
 *  account id. */
export function clientConfig({ endpoint, accountId, region, credentials }: Scope) {
  const root = { accessKeyId: accountId, secretAccessKey: "local" };
  return { endpoint, region, credentials: credentials ?? root };
}
