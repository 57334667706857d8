import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StepOperation } from "../values/events";
import { writeFileAtomically } from "./atomic-file";
import { CheckpointFile } from "./checkpoint-file";
import { lockStack, removeLocks, type LockContent } from "./lock";
import { makeFolder } from "../process/make-folder";

/** The organization of every stack of a self-managed backend. */
export const organization = "organization";

export interface StackReference {
  project: string;
  stack: string;
}

/** One entry of a stack's history, as the Pulumi CLI writes it. */
export interface UpdateRecord {
  kind: "update" | "refresh" | "destroy" | "import";
  startTime: number;
  endTime: number;
  message: string;
  result: "succeeded" | "failed";
  /** Not encrypted, so it must not contain the value of a secret. */
  config: Record<string, string>;
  resourceChanges: Partial<Record<StepOperation, number>>;
}

export interface StackSummary extends StackReference {
  resources: number;
  /** Of the last change, ISO 8601. */
  updated: string | undefined;
}

/** Pulumi's self-managed backend in a folder: `pulumi login file://<folder>` reads and writes the same. */
export class StateBackend {
  private readonly root: string;

  constructor(readonly folder: string) {
    this.root = join(folder, ".pulumi");
  }

  /** Initialises the folder as a backend with project-scoped stacks (layout 1), if it is not one yet. */
  initialise(): void {
    makeFolder(this.root);
    const meta = join(this.root, "meta.yaml");
    if (!existsSync(meta)) writeFileAtomically(meta, "version: 1\n");
  }

  checkpoint({ project, stack }: StackReference): CheckpointFile {
    return new CheckpointFile(
      join(this.root, "stacks", project, `${stack}.json`),
      `${organization}/${project}/${stack}`,
    );
  }

  list(project?: string): StackSummary[] {
    const projects = project === undefined ? folderNames(join(this.root, "stacks")) : [project];
    return projects.flatMap((name) =>
      stackNames(join(this.root, "stacks", name)).map((stack) => {
        const latest = this.checkpoint({ project: name, stack }).read();
        const resources = latest?.resources?.length ?? 0;
        return {
          project: name,
          stack,
          resources,
          updated: resources > 0 ? latest?.manifest.time : undefined,
        };
      }),
    );
  }

  lock(reference: StackReference): { release(): void } {
    return lockStack(this.lockFolder(reference), reference.stack);
  }

  cancel(reference: StackReference): LockContent[] {
    return removeLocks(this.lockFolder(reference));
  }

  /** The record of a finished update, and copies of the state in `history` and `backups`. */
  record(reference: StackReference, update: UpdateRecord): void {
    const { project, stack } = reference;
    const content = this.checkpoint(reference).content();
    const nanoseconds = `${Date.now()}000000`;
    const history = join(this.root, "history", project, stack);
    makeFolder(history);
    const entry = { environment: {}, version: 0, ...update };
    writeFileSync(join(history, `${stack}-${nanoseconds}.history.json`), JSON.stringify(entry));
    if (content === undefined) return;
    writeFileSync(join(history, `${stack}-${nanoseconds}.checkpoint.json`), content, {
      mode: 0o600,
    });
    const backups = join(this.root, "backups", project, stack);
    makeFolder(backups);
    writeFileSync(join(backups, `${stack}.${nanoseconds}.json`), content, { mode: 0o600 });
  }

  /** Removes the stack, its history and its backups. Its resources are not changed. */
  remove(reference: StackReference): void {
    const { project, stack } = reference;
    this.checkpoint(reference).remove();
    for (const kind of ["history", "backups"]) {
      rmSync(join(this.root, kind, project, stack), { recursive: true, force: true });
    }
  }

  private lockFolder({ project, stack }: StackReference): string {
    return join(this.root, "locks", organization, project, stack);
  }
}

function folderNames(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? entry.name : []))
    .sort();
}

function stackNames(path: string): string[] {
  if (!existsSync(path)) return [];
  const names = readdirSync(path).flatMap(
    (name) => /^(.+)\.json(?:\.gz|\.zst)?$/.exec(name)?.[1] ?? [],
  );
  return [...new Set(names)].sort();
}
