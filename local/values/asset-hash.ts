import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Archive, Asset, Secret, type PropertyMap, type PropertyValue } from "./property-value";
import { isList, isMap } from "./property-operations";
import { TarHash } from "./tar-archive";

const archiveExtensions = [".tar", ".tgz", ".tar.gz", ".zip", ".jar"];

/** Folder of Pulumi's internal files. It is never part of an archive. */
const bookkeepingFolder = ".pulumi";

/** Gives every asset and archive the hash of its content, as the engine does when a resource is registered.
 *  Relative paths start at `directory`. */
export async function withAssetHashes(map: PropertyMap, directory: string): Promise<PropertyMap> {
  return Object.fromEntries(
    await Promise.all(
      Object.entries(map).map(
        async ([key, value]) => [key, await hashed(value, directory)] as const,
      ),
    ),
  );
}

async function hashed(value: PropertyValue, directory: string): Promise<PropertyValue> {
  if (value instanceof Secret) return new Secret(await hashed(value.element, directory));
  if (value instanceof Asset) return hashedAsset(value, directory);
  if (value instanceof Archive) return hashedArchive(value, directory);
  if (isList(value)) {
    return Promise.all(value.map((element) => hashed(element, directory)));
  }
  return isMap(value) ? withAssetHashes(value, directory) : value;
}

async function hashedAsset(asset: Asset, directory: string): Promise<Asset> {
  if (asset.hash !== "") return asset;
  const content = await assetContent(asset, directory);
  return new Asset(asset.source, createHash("sha256").update(content).digest("hex"));
}

async function hashedArchive(archive: Archive, directory: string): Promise<Archive> {
  if (archive.hash !== "") return archive;
  const file = archiveFile(archive, directory);
  if (file !== undefined && archiveExtensions.some((extension) => file.endsWith(extension))) {
    const digest = createHash("sha256").update(await readFile(file));
    return new Archive(archive.source, digest.digest("hex"));
  }
  const tar = new TarHash();
  for await (const { name, content } of archiveMembers(archive, directory)) {
    tar.add(name, content);
  }
  return new Archive(await withHashedMembers(archive.source, directory), tar.digest());
}

async function withHashedMembers(
  source: Archive["source"],
  directory: string,
): Promise<Archive["source"]> {
  if (source.assets === undefined) return source;
  const members = Object.entries(source.assets).map(async ([name, member]) => {
    const hashing =
      member instanceof Asset ? hashedAsset(member, directory) : hashedArchive(member, directory);
    return [name, await hashing] as const;
  });
  return { assets: Object.fromEntries(await Promise.all(members)) };
}

function localFile(uri: string): string {
  if (!uri.startsWith("file://")) {
    throw new Error(
      `The asset ${uri} is remote: the embedded engine reads assets from this machine only. ` +
        "Use a FileAsset, or deploy with the Pulumi CLI.",
    );
  }
  return fileURLToPath(uri);
}

async function assetContent(asset: Asset, directory: string): Promise<Buffer> {
  const { text, path, uri } = asset.source;
  if (path !== undefined) {
    const file = resolve(directory, path);
    if ((await stat(file)).isDirectory()) {
      throw new Error(`The asset path "${file}" is a directory; use a FileArchive`);
    }
    return readFile(file);
  }
  return uri === undefined ? Buffer.from(text ?? "") : readFile(localFile(uri));
}

function archiveFile(archive: Archive, directory: string): string | undefined {
  const { path, uri } = archive.source;
  if (path !== undefined) return resolve(directory, path);
  return uri === undefined ? undefined : localFile(uri);
}

async function* archiveMembers(
  archive: Archive,
  directory: string,
): AsyncGenerator<{ name: string; content: Buffer }> {
  const file = archiveFile(archive, directory);
  if (file !== undefined) {
    if (archiveExtensions.some((extension) => file.endsWith(extension))) {
      throw new Error(
        `The archive file ${file} is a member of another archive, which the embedded engine does not unpack. ` +
          "Use the folder from which it was created.",
      );
    }
    yield* folderMembers(file, "");
    return;
  }
  const members = Object.entries(archive.source.assets ?? {});
  for (const [name, member] of members.sort(([a], [b]) => compareBytes(a, b))) {
    if (member instanceof Asset) {
      yield { name, content: await assetContent(member, directory) };
    } else {
      for await (const inner of archiveMembers(member, directory)) {
        yield { name: posix.join(name, inner.name), content: inner.content };
      }
    }
  }
}

async function* folderMembers(
  folder: string,
  within: string,
): AsyncGenerator<{ name: string; content: Buffer }> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => compareBytes(a.name, b.name))) {
    if (entry.name === bookkeepingFolder) continue;
    const path = resolve(folder, entry.name);
    const name = posix.join(within, entry.name);
    if (entry.isDirectory()) {
      yield* folderMembers(path, name);
    } else if (!entry.isSymbolicLink() || !(await stat(path)).isDirectory()) {
      yield { name, content: await readFile(path) };
    }
  }
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
