import { randomInt } from "node:crypto";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
  /** Lets time pass for what Auto Scaling waits for in this account: warm-ups, checkpoints, heartbeat timeouts. */
  passTime(seconds: number): Promise<void>;
}

export interface EmbeddedCloud {
  home: string;
  endpoint: string;
  databaseUrl: string;
  /** A fresh account each time: tests are apart without a reset. */
  account(): TestAccount;
}

/** How the test processes learn of the one cloud that `start-cloud.ts` runs for all of them. */
export const cloudVariable = "QUEUEFLEET_TEST_CLOUD";

/** The embedded cloud and database of this test run. */
export function embeddedCloud(): Promise<EmbeddedCloud> {
  const told = process.env[cloudVariable];
  if (told === undefined) {
    return Promise.reject(
      new Error(`${cloudVariable} is not set: run tests by mocha and .mocharc.json`),
    );
  }
  const cloud = JSON.parse(told) as Omit<EmbeddedCloud, "account">;
  return Promise.resolve({ ...cloud, account: () => newAccount(cloud.endpoint) });
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
    passTime: async (seconds) => {
      const body = JSON.stringify({ account: accountId, seconds });
      const response = await fetch(`${endpoint}/_local/move-clock`, { method: "POST", body });
      if (!response.ok) throw new Error(`The clock was not moved: ${await response.text()}`);
    },
  };
}
