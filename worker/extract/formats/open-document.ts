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
    const text = new OpenDocumentText(file.limits.maxTextCharacters);
    for (const part of ["content.xml", "styles.xml"]) {
      await readXml(parts, part, {
        open: (name, attributes) => text.open(name, attributes),
        text: (data) => text.text(data),
        close: (name) => text.close(name),
        isEnough: () => text.isEnough(),
      });
    }
    return { ...(await readProperties(parts, "meta.xml")), text: text.toString().trim() };
  });
