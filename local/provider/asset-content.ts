import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { zipSync, type Zippable } from "fflate";
import type { Archive } from "../values/property-value";
import { Asset } from "../values/property-value";

/** The bytes of an asset. Relative paths start in the project's folder, in which the engine starts this process. */
export async function assetContent(asset: Asset): Promise<Uint8Array> {
  const { text, path, uri } = asset.source;
  if (path !== undefined) return readFile(resolve(path));
  if (uri !== undefined) {
    throw new Error(`The asset ${uri} is remote; the local provider takes files and text`);
  }
  return new TextEncoder().encode(text ?? "");
}

/** A fixed time, so that the same content gives the same bytes. */
const zipTime = new Date("1980-01-02T00:00:00Z");

/** An archive as a zip file, the same bytes for the same content. */
export async function zipContent(value: Asset | Archive): Promise<Uint8Array> {
  if (value instanceof Asset) return assetContent(value);
  const { path, uri } = value.source;
  if (uri !== undefined) {
    throw new Error(`The archive ${uri} is remote; the local provider takes files and assets`);
  }
  if (path !== undefined && /\.(zip|jar)$/.test(path)) return readFile(resolve(path));
  const files: Zippable = {};
  await collect(value, "", files);
  return zipSync(files, { mtime: zipTime });
}

async function collect(value: Asset | Archive, name: string, files: Zippable): Promise<void> {
  if (value instanceof Asset) {
    files[name] = await assetContent(value);
    return;
  }
  const { path, assets } = value.source;
  if (path !== undefined) await collectFolder(resolve(path), name, files);
  for (const [member, content] of Object.entries(assets ?? {}).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    await collect(content, name === "" ? member : `${name}/${member}`, files);
  }
}

async function collectFolder(folder: string, name: string, files: Zippable): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of paths) {
    const relative = path.slice(folder.length + 1);
    files[name === "" ? relative : `${name}/${relative}`] = await readFile(path);
  }
}
