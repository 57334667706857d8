import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { buildSync, version, type BuildOptions } from "esbuild";
import type { Bundle } from "./bundle";
import { recall, remember } from "./bundle-cache";

const options: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  // Removes comments, which would contain the path of each source file.
  minifyWhitespace: true,
  legalComments: "none",
  charset: "utf8",
  loader: { ".sql": "text" },
};

/** Path of the bundle of an entry file. Each entry has its own path, the same on every machine. */
const bundlePath = (entry: string, project: string): string =>
  join(
    project,
    ".build",
    relative(project, entry)
      .replaceAll("..", "_")
      .replace(/\.[cm]?[jt]s$/, ".js"),
  );

/** Builds one self-contained CommonJS file from an entry file, which is given by its absolute path. The same
 *  sources give the same bytes on every machine, so the hash identifies the release. Synchronous, so that a
 *  component can build what it deploys. */
export function buildBundle(entry: string, project = process.cwd()): Bundle {
  const file = bundlePath(entry, project);
  const cacheFile = `${file}on`;
  const recipe = JSON.stringify({ entry, options, version });
  const known = recall(cacheFile, file, recipe);
  if (known !== undefined) return known;

  const { code, sources } = run(entry);
  mkdirSync(dirname(file), { recursive: true });
  // Renamed, so that another run never reads half a file.
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
  const bundle = {
    path: `./${relative(project, file)}`,
    sha256: createHash("sha256").update(code).digest("hex"),
    bytes: code.length,
  };
  remember(cacheFile, file, recipe, bundle, sources);
  return bundle;
}

function run(entry: string): { code: Uint8Array; sources: string[] } {
  const folder = dirname(entry);
  const { outputFiles, metafile } = buildSync({
    ...options,
    entryPoints: [entry],
    absWorkingDir: folder,
    logLevel: "error",
    write: false,
    metafile: true,
  });
  const code = outputFiles[0]?.contents;
  if (code === undefined) throw new Error(`esbuild created no file for ${entry}.`);
  return { code, sources: Object.keys(metafile.inputs).map((path) => resolve(folder, path)) };
}
