import { readdirSync, readFileSync } from "node:fs";
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

/** The regions that the stacks of a home have resources in. */
export function deployedRegions(home: string): string[] {
  const stacks = join(home, "state", ".pulumi", "stacks");
  const regions = new Set<string>();
  for (const file of jsonFiles(stacks)) {
    for (const resource of readCheckpoint(file).checkpoint?.latest?.resources ?? []) {
      const region = resource.outputs?.region ?? resource.inputs?.region;
      if (typeof region === "string" && /^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) regions.add(region);
    }
  }
  return [...regions].sort();
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
    // Being written, or gone again; the next look finds it whole.
    return {};
  }
}
