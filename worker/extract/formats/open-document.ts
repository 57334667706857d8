import { FileFault } from "../file-fault";
import { OpenDocumentText } from "../office/open-document-text";
import { readProperties } from "../office/properties";
import { readXml } from "../office/read-xml";
import { ZipParts } from "../office/zip-parts";
import type { FormatReader } from "./reader";

/** odt, ods and odp: the content, then headers and footers, which are in the styles. */
export const readOpenDocument: FormatReader = (file) =>
  ZipParts.with(file, async (parts) => {
    if (!parts.has("content.xml")) {
      throw new FileFault("cannot be read as OpenDocument: it has no content.xml");
    }
    if (await isEncrypted(parts))
      throw new FileFault("is an encrypted OpenDocument file: save it without its password");
    const text = new OpenDocumentText(file.limits.maxTextCharacters);
    // Charts and formulas are documents in folders of their own.
    const contents = parts.names.filter((name) => /(^|\/)content\.xml$/.test(name));
    for (const part of [
      "content.xml",
      "styles.xml",
      ...contents.filter((name) => name !== "content.xml"),
    ]) {
      await readXml(parts, part, {
        open: (name, attributes) => text.open(name, attributes),
        text: (data) => text.text(data),
        close: (name) => text.close(name),
        isEnough: () => text.isEnough(),
      });
    }
    const { said, ...properties } = await readProperties(parts, ["meta.xml"]);
    return {
      ...properties,
      text: [text.toString().trim(), ...said].join("\n"),
      doubts: [...parts.doubts],
    };
  });

async function isEncrypted(parts: ZipParts): Promise<boolean> {
  let found = false;
  await readXml(parts, "META-INF/manifest.xml", {
    open: (name) => {
      found ||= name === "encryption-data";
    },
  });
  return found;
}
