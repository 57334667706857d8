import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

interface Checkpoint {
  checkpoint?: {
    latest?: {
      resources?: {
        type?: string;
        inputs?: Record<string, unknown>;
        outputs?: Record<string, unknown>;
      }[];
    };
  };
}

/** A checkpoint is read again only if it has changed. */
const known = new Map<string, { written: number; regions: string[] }>();

/** The regions that the stacks of a home have resources in. */
export function deployedRegions(home: string): string[] {
  const stacks = join(home, "state", ".pulumi", "stacks");
  return [...new Set(jsonFiles(stacks).flatMap(regionsOf))].sort();
}

function regionsOf(file: string): string[] {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const before = known.get(file);
  if (before?.written === written) return before.regions;
  const resources = readCheckpoint(file).checkpoint?.latest?.resources ?? [];
  const regions = resources.flatMap((resource) => {
    const region = resource.outputs?.region ?? resource.inputs?.region;
    return typeof region === "string" && /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? [region] : [];
  });
  known.set(file, { written, regions });
  return regions;
}

function jsonFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name));
  } catch {
    // Nothing is deployed yet.
    return [];
  }
}

function readCheckpoint(file: string): Checkpoint {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Checkpoint;
  } catch {
    // It is being written, or was deleted. The next round reads it.
    return {};
  }
}
