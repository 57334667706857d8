/** One account and region of the embedded cloud. */
export interface Scope {
  endpoint: string;
  accountId: string;
  region: string;
}

/** The configuration of every AWS SDK client for a scope. The 12-digit access key id is the account id. */
export function clientConfig(scope: Scope) {
  return {
    endpoint: scope.endpoint,
    region: scope.region,
    credentials: { accessKeyId: scope.accountId, secretAccessKey: "local" },
  };
}
