import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { BuildOptions } from "esbuild";
import { version } from "esbuild/package.json";
import { recall, remember } from "./bundle-cache";

export interface BundleRequest {
  /** Names the file: `<project>/.build/<name>.js`. */
  name: string;
  /** Absolute path of the entry file. */
  entry: string;
}

export interface Bundle {
  /** Relative to the project's folder, so that the state is the same on every machine. */
  path: string;
  sha256: string;
  bytes: number;
}

const options: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  // Without comments: those would carry the path of each source file.
  minifyWhitespace: true,
  legalComments: "none",
  charset: "utf8",
  loader: { ".sql": "text" },
};

/** Builds one self-contained CommonJS file. The same sources give the same bytes on every machine: the
 *  hash is the release's name. */
export async function buildBundle(
  { name, entry }: BundleRequest,
  project = process.cwd(),
): Promise<Bundle> {
  const file = join(project, ".build", `${name}.js`);
  const cacheFile = `${file}on`;
  const recipe = JSON.stringify({ entry, options, version });
  const known = recall(cacheFile, file, recipe);
  if (known !== undefined) return known;

  // Only here, because it is rarely needed.
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: [entry],
    absWorkingDir: dirname(entry),
    logLevel: "error",
    write: false,
    metafile: true,
  });
  const code = outputFiles[0]?.contents;
  if (code === undefined) throw new Error(`esbuild made no file of ${entry}.`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
  const bundle = {
    path: `./${relative(project, file)}`,
    sha256: createHash("sha256").update(code).digest("hex"),
    bytes: code.length,
  };
  const sources = Object.keys(metafile.inputs).map((path) => resolve(dirname(entry), path));
  remember(cacheFile, file, recipe, bundle, sources);
  return bundle;
}
