import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { embeddedCloud } from "../../../tests/support/cloud";
import { expectSame } from "./differences";
import { embeddedEngine } from "./embedded-engine";
import type { Engine } from "./engine";
import { stateOf } from "./engine";
import type { Observed } from "./observed";
import { comparable } from "./observed";
import { officialEngine } from "./official-engine";
import type { Program } from "./project";

/** One stack of one program on either engine, each with an account of its own in one embedded cloud. */
export interface TwoEngines {
  embedded: Engine;
  official: Engine;
  /** Does the same on both and fails where they differ in what they did. */
  same(
    operate: (engine: Engine) => Promise<Observed>,
    expected?: "success" | "failure",
  ): Promise<Observed>;
  /** Fails where the states that they left differ. */
  sameState(): void;
  /** The other kind of engine, with the state and the account of this one. */
  handOver(from: "embedded" | "official"): Promise<Engine>;
  remove(): void;
}

export async function twoEngines(
  cli: string,
  program: Program,
  stack: string,
): Promise<TwoEngines> {
  const cloud = await embeddedCloud();
  const folder = mkdtempSync(join(tmpdir(), "queuefleet-parity-"));
  const common = { program, stack, passphrase: "the same on both" };
  const make = {
    embedded: (name: string, account = cloud.account()) =>
      Promise.resolve(embeddedEngine({ ...common, folder: join(folder, name), account })),
    official: (name: string, account = cloud.account()) =>
      officialEngine({ ...common, cli, folder: join(folder, name), account }),
  };
  const embedded = await make.embedded("embedded");
  const official = await make.official("official");
  for (const { account } of [embedded, official]) await program.prepare?.(account);
  return {
    embedded,
    official,
    same: async (operate, expected = "success") => {
      const ours = await operate(embedded);
      const theirs = await operate(official);
      for (const { exitCode, report } of [ours, theirs]) {
        expect(exitCode === 0 ? "success" : "failure", report).to.equal(expected);
      }
      expectSame(
        comparable(ours, embedded.account.accountId),
        comparable(theirs, official.account.accountId),
      );
      return ours;
    },
    sameState: () => expectSame(stateOf(embedded), stateOf(official)),
    handOver: async (from) => {
      const giver = from === "embedded" ? embedded : official;
      const taker = await make[from === "embedded" ? "official" : "embedded"](
        `from-${from}`,
        giver.account,
      );
      mkdirSync(dirname(taker.checkpointFile), { recursive: true });
      copyFileSync(giver.checkpointFile, taker.checkpointFile);
      return taker;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
