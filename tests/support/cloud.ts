import { randomInt } from "node:crypto";
import { chmodSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCloud, stopCloud } from "../../local/cloud";

export interface TestAccount {
  accountId: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** What every AWS SDK client of a test is made with. */
  clientConfig(region?: string): {
    region: string;
    endpoint: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** The same for a process that a test starts. */
  environment(region?: string): Record<string, string>;
}

export interface EmbeddedCloud {
  home: string;
  endpoint: string;
  databaseUrl: string;
  /** A fresh account each time: tests are apart without a reset. */
  account(): TestAccount;
}

let started: Promise<EmbeddedCloud> | undefined;

/** One embedded cloud and database for the whole mocha process, started by the first who asks. */
export function embeddedCloud(): Promise<EmbeddedCloud> {
  return (started ??= start());
}

async function start(): Promise<EmbeddedCloud> {
  const home = temporaryHome();
  const cloud = await startCloud({ home, attached: true });
  const { endpoint, databaseUrl } = cloud;
  return { home, endpoint, databaseUrl, account: () => newAccount(endpoint) };
}

/** A home that nobody else uses; the database's own user must be able to enter it. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), "queuefleet-"));
  chmodSync(home, 0o755);
  return home;
}

function newAccount(endpoint: string): TestAccount {
  const accountId = String(randomInt(100_000_000_000, 1_000_000_000_000));
  const credentials = { accessKeyId: accountId, secretAccessKey: "local" };
  return {
    accountId,
    ...credentials,
    clientConfig: (region = "ap-northeast-1") => ({ region, endpoint, credentials }),
    environment: (region = "ap-northeast-1") => ({
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    }),
  };
}

// Loaded outside of any `describe`, so this is a root hook: it runs once, after the last test.
after("stops the embedded cloud", async () => {
  const cloud = await started?.catch(() => undefined);
  if (cloud === undefined) return;
  await stopCloud(cloud.home);
  await rm(cloud.home, { recursive: true, force: true });
});
