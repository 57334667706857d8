/** One account and region of the embedded cloud. */
export interface Scope {
  endpoint: string;
  accountId: string;
  region: string;
}

/** What every AWS SDK client for a scope is made with; a 12-digit access key id is the account. */
export function clientConfig(scope: Scope) {
  return {
    endpoint: scope.endpoint,
    region: scope.region,
    credentials: { accessKeyId: scope.accountId, secretAccessKey: "local" },
  };
}
