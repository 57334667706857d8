import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { format } from "prettier";

/** The character maps that pdf.js ships, by name, in base64. pdf.js is needed for this alone and weighs
 *  70 MB, so it is not installed otherwise: `npm install --no-save pdfjs-dist@6.5.438`. */
function shippedCharacterMaps(): Record<string, string> {
  const packageFile = createRequire(__filename).resolve("pdfjs-dist/package.json");
  const folder = join(dirname(packageFile), "cmaps");
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".bcmap"))
    .sort();
  return Object.fromEntries(
    names.map((file) => [
      file.replace(".bcmap", ""),
      readFileSync(join(folder, file)).toString("base64"),
    ]),
  );
}

async function writeCharacterMaps(): Promise<void> {
  const json = await format(JSON.stringify(shippedCharacterMaps()), { parser: "json" });
  writeFileSync(join(__dirname, "character-maps.json"), json);
}

void writeCharacterMaps();
