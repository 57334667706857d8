import { copyFileSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { z } from "zod";
import type { DeploymentV3 } from "./deployment";
import { writeFileAtomically } from "./atomic-file";

const schema = z.object({
  version: z.number(),
  features: z.array(z.string()).optional(),
  checkpoint: z.looseObject({ stack: z.string(), latest: z.unknown() }),
});

/** Features of version 4 that this engine supports, or that need no support because unknown fields are kept. */
const harmlessFeatures = new Set(["refreshBeforeUpdate", "hooks", "taint", "replaceWith"]);

/** The state file of one stack. Pulumi may have compressed it; then the newest variant is used. */
export class CheckpointFile {
  private version = 3;
  private features: string[] | undefined;

  constructor(
    readonly path: string,
    private readonly qualifiedStack: string,
  ) {}

  exists(): boolean {
    return this.newest() !== undefined;
  }

  read(): DeploymentV3 | undefined {
    const path = this.newest();
    if (path === undefined) return undefined;
    const parsed = this.parse(path);
    const strange = (parsed.features ?? []).filter((feature) => !harmlessFeatures.has(feature));
    if (parsed.version < 3 || parsed.version > 4 || strange.length > 0) {
      throw new Error(
        `${path} is a checkpoint of version ${parsed.version}${strange.length > 0 ? ` with ${strange.join(", ")}` : ""}; ` +
          "versions 3 and 4 can be read here. Use the Pulumi CLI for this stack.",
      );
    }
    this.version = parsed.version;
    this.features = parsed.features;
    return (parsed.checkpoint.latest ?? undefined) as DeploymentV3 | undefined;
  }

  write(deployment: DeploymentV3 | undefined): void {
    const features = featuresOf(deployment, this.features ?? []);
    const content = {
      version: features.length > 0 ? 4 : this.version,
      ...(features.length > 0 ? { features } : {}),
      checkpoint: { stack: this.qualifiedStack, latest: deployment },
    };
    if (existsSync(this.path)) copyFileSync(this.path, `${this.path}.bak`);
    writeFileAtomically(this.path, JSON.stringify(content));
    for (const extension of compressed) rmSync(this.path + extension, { force: true });
  }

  remove(): void {
    for (const extension of ["", ".bak", ".attrs", ".bak.attrs", ...compressed]) {
      rmSync(this.path + extension, { force: true });
    }
  }

  /** The unchanged content, for a copy. */
  content(): string | undefined {
    const path = this.newest();
    return path === undefined ? undefined : this.text(path);
  }

  private parse(path: string): z.output<typeof schema> {
    try {
      return schema.parse(JSON.parse(this.text(path)));
    } catch (error) {
      const backup = existsSync(`${this.path}.bak`)
        ? `${this.path}.bak is the copy before the last change; copy it over the broken file.`
        : "There is no backup copy.";
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      throw new Error(`${path} cannot be read as a stack's state. ${backup}\n${reason}`, {
        cause: error,
      });
    }
  }

  private text(path: string): string {
    const bytes = readFileSync(path);
    if (path.endsWith(".gz")) return gunzipSync(bytes).toString("utf8");
    if (path.endsWith(".zst")) return zstdDecompressSync(bytes).toString("utf8");
    return bytes.toString("utf8");
  }

  private newest(): string | undefined {
    return [this.path, ...compressed.map((extension) => this.path + extension)]
      .flatMap((path) => {
        const found = statSync(path, { throwIfNoEntry: false });
        return found === undefined ? [] : [{ path, modified: found.mtimeMs }];
      })
      .sort((a, b) => b.modified - a.modified)[0]?.path;
  }
}

/** By feature, the field of a resource that needs it. */
const featureFields = { hooks: "resourceHooks", replaceWith: "replaceWith" };

/** Version 4 lists the features that a CLI must support to use the state. */
function featuresOf(deployment: DeploymentV3 | undefined, before: string[]): string[] {
  const resources = deployment?.resources ?? [];
  const used = Object.entries(featureFields).flatMap(([feature, field]) =>
    resources.some((resource) => resource[field] !== undefined) ? [feature] : [],
  );
  return [...before.filter((feature) => !(feature in featureFields)), ...used].sort();
}

const compressed = [".gz", ".zst"];
