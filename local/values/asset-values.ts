import { Archive, Asset } from "./property-value";
import { archiveSignature, assetSignature, signatureKey } from "./signatures";

/** Assets and archives as objects with a signature. The format is the same in the protocol and in a checkpoint. */
type Plain = Record<string, unknown>;

export function assetToPlain(asset: Asset, elideContents = false): Plain {
  const { text, path, uri } = elideContents ? {} : asset.source;
  return {
    [signatureKey]: assetSignature,
    ...(asset.hash === "" ? {} : { hash: asset.hash }),
    ...(text === undefined || text === "" ? {} : { text }),
    ...(path === undefined ? {} : { path }),
    ...(uri === undefined ? {} : { uri }),
  };
}

export function archiveToPlain(archive: Archive, elideContents = false): Plain {
  const { assets, path, uri } = elideContents ? {} : archive.source;
  return {
    [signatureKey]: archiveSignature,
    ...(archive.hash === "" ? {} : { hash: archive.hash }),
    ...(assets === undefined
      ? {}
      : {
          assets: Object.fromEntries(
            Object.entries(assets).map(([name, member]) => [
              name,
              member instanceof Asset ? assetToPlain(member) : archiveToPlain(member),
            ]),
          ),
        }),
    ...(path === undefined ? {} : { path }),
    ...(uri === undefined ? {} : { uri }),
  };
}

function text(plain: Plain, key: string): string | undefined {
  const value: unknown = plain[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function assetFromPlain(plain: Plain): Asset {
  const path = text(plain, "path");
  const uri = text(plain, "uri");
  const hash = text(plain, "hash") ?? "";
  if (path !== undefined) return new Asset({ path }, hash);
  if (uri !== undefined) return new Asset({ uri }, hash);
  return new Asset({ text: text(plain, "text") ?? "" }, hash);
}

export function archiveFromPlain(plain: Plain): Archive {
  const path = text(plain, "path");
  const uri = text(plain, "uri");
  const hash = text(plain, "hash") ?? "";
  if (path !== undefined) return new Archive({ path }, hash);
  if (uri !== undefined) return new Archive({ uri }, hash);
  const members = (plain.assets ?? {}) as Record<string, Plain>;
  const assets = Object.entries(members).map(([name, member]) => {
    switch (member[signatureKey]) {
      case assetSignature:
        return [name, assetFromPlain(member)] as const;
      case archiveSignature:
        return [name, archiveFromPlain(member)] as const;
      default:
        throw new Error(`The member "${name}" of an archive is neither an asset nor an archive`);
    }
  });
  return new Archive({ assets: Object.fromEntries<Asset | Archive>(assets) }, hash);
}
