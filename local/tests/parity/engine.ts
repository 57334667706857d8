import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import type { TestAccount } from "../../../tests/support/cloud";
import { normalise } from "./normalise";
import type { Observed } from "./observed";

interface CheckpointResource {
  urn: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
  [property: string]: unknown;
}

/** One engine with its own project folder, state and account, driven through its command line. */
export interface Engine {
  readonly account: TestAccount;
  preview(flags?: string[]): Promise<Observed>;
  up(flags?: string[]): Promise<Observed>;
  refresh(flags?: string[]): Promise<Observed>;
  /** A refresh in preview mode. It fails with the CLI's exit code if anything differs. */
  detectDrift(): Promise<Observed>;
  destroy(): Promise<Observed>;
  /** Where its state of the stack is: a file in Pulumi's self-managed backend format. */
  readonly checkpointFile: string;
}

/** The state that the engine left, by URN and without what belongs to the run. */
export function stateOf(engine: Engine): Record<string, unknown> {
  const document = JSON.parse(readFileSync(engine.checkpointFile, "utf8")) as {
    checkpoint: { latest: { resources: CheckpointResource[] } };
  };
  const { resources } = document.checkpoint.latest;
  return Object.fromEntries(
    resources.map((resource) => [
      resource.urn,
      normalise(withSortedDependencies(resource), engine.account.accountId),
    ]),
  );
}

/** Both are sets, written down in the order in which the program's promises happened to settle. */
function withSortedDependencies(resource: CheckpointResource): CheckpointResource {
  const { dependencies = [], propertyDependencies = {} } = resource;
  return {
    ...resource,
    dependencies: dependencies.toSorted(),
    propertyDependencies: Object.fromEntries(
      Object.entries(propertyDependencies).map(([key, urns]) => [key, (urns ?? []).toSorted()]),
    ),
  };
}

export interface Finished {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export function run(
  program: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      { ...options, maxBuffer: 64 * 1024 * 1024, timeout: 240_000 },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ exitCode, stdout, stderr });
      },
    );
  });
}
