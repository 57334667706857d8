import { delimiter, dirname } from "node:path";
import { expect } from "chai";
import { awsCli } from "./aws-cli";
import { blocksOf, runbooks, systemOf, type Block } from "./runbook";
import { Shell } from "./shell";

/** A system in a cloud of its own, and a clone in which the commands are given. */
export interface Tried {
  folder: string;
  environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** How one block is tried: what is broken before, what a person types, and what must be true after it. */
export interface Trial<Deployment extends Tried> {
  /** A part of the block's text. Every block must have one trial, and every trial one block. */
  about: string;
  breaks?(deployment: Deployment): Promise<unknown>;
  typed?(deployment: Deployment): Promise<string> | string;
  check(printed: string, deployment: Deployment): unknown;
}

/** Gives every command of the runbooks that are written for a system, word for word, in the order of the trials. */
export function tryCommands<Deployment extends Tried>(
  system: string,
  create: () => Promise<Deployment>,
  trials: readonly Trial<Deployment>[],
): void {
  describe(`the commands of the runbooks of ${system}, word for word`, function () {
    this.timeout(240_000);
    let deployment: Deployment;
    let shell: Shell;
    const blocks = distinct(
      runbooks
        .filter((runbook) => systemOf(runbook) === system)
        .flatMap(blocksOf)
        .filter(({ info }) => info === "sh"),
    );

    before(async () => {
      const programs = await awsCli();
      deployment = await create();
      const path = [programs, dirname(process.execPath), process.env.PATH].join(delimiter);
      shell = new Shell(deployment.folder, { ...deployment.environment, PATH: path });
    });
    after(async () => {
      shell.close();
      await deployment.stop();
    });

    it("are all tried below, each once", () => {
      const counts = blocks.map(({ text }) => [
        text,
        trials.filter(({ about }) => text.includes(about)).length,
      ]);
      expect(counts.filter(([, count]) => count !== 1)).to.deep.equal([]);
      expect(trials).to.have.length(blocks.length);
    });

    for (const trial of trials) {
      const { about } = trial;
      const block = blocks.find(({ text }) => text.includes(about));
      it(`${block?.runbook}: ${about.trim()}`, async () => {
        // The environment is the one thing that a person sets.
        const text = String(block?.text).replace("ENVIRONMENT=prod", "ENVIRONMENT=dev");
        await trial.breaks?.(deployment);
        const typed = await trial.typed?.(deployment);
        await trial.check(await shell.run(text, typed), deployment);
      });
    }
  });
}

/** Several runbooks have the same block. */
function distinct(blocks: Block[]): Block[] {
  const byText = new Map(blocks.map((block) => [block.text, block]));
  return [...byText.values()];
}
