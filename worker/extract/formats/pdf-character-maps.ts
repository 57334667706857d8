import characterMaps from "./character-maps.json";

const maps: Readonly<Record<string, string>> = characterMaps;

/** Gives pdf.js the maps it needs for Japanese, Chinese and Korean text without an embedded font (90ms-RKSJ-H and the
 *  like) out of the program itself, which is one file on a machine. character-maps.json is written by
 *  write-character-maps.ts. */
export class InlinedCharacterMaps {
  fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const map = kind === "cMapUrl" ? maps[filename.replace(".bcmap", "")] : undefined;
    if (map === undefined)
      return Promise.reject(new Error(`${filename} is not part of the program`));
    return Promise.resolve(Uint8Array.from(Buffer.from(map, "base64")));
  }
}
