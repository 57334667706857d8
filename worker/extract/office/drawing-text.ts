import { NestedText, type TextBuilder } from "../text-builder";
import { readXml, type XmlHandlers } from "./read-xml";
import type { ZipParts } from "./zip-parts";

/** Elements whose content is no text of the document: settings, field codes, deletions, and the second form of what is
 *  there already. */
const unread = new Set(
  "pPr rPr sectPr tblPr trPr tcPr rubyPr sdtPr instrText delText delInstrText Fallback".split(" "),
);

/** Elements that hold text: of WordprocessingML, DrawingML and Office Math (`t`), of charts (`v`) and of comments. */
const texts = new Set(["t", "v", "text"]);

/** Handlers that collect the text of a part in WordprocessingML or DrawingML. */
export class DrawingText implements XmlHandlers {
  private readonly nested = new NestedText();
  private unreadDepth = 0;
  private textDepth = 0;
  private ruby: "base" | "reading" | undefined;

  constructor(private readonly maxCharacters: number) {}

  get length(): number {
    return this.nested.length;
  }

  toString(): string {
    return this.nested.toString();
  }

  isEnough(): boolean {
    return this.length > this.maxCharacters;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (unread.has(name)) this.unreadDepth += 1;
    if (this.unreadDepth > 0) return;
    if (texts.has(name)) this.textDepth += 1;
    else if (name === "tab" || name === "ptab") this.builder.add("\t");
    else if (name === "br" || name === "cr") this.builder.add("\n");
    else if (name === "noBreakHyphen") this.builder.add("-");
    else if (name === "rt") this.ruby = "reading";
    else if (name === "rubyBase") this.ruby = "base";
    else if (name === "txbxContent") this.nested.begin();
    // What a picture shows, for people who do not see it.
    else if (name === "docPr" || name === "cNvPr") {
      for (const said of [attributes.title, attributes.descr]) {
        if (said !== undefined) this.builder.addAfterBlock(said);
      }
    }
  }

  text(text: string): void {
    if (this.unreadDepth > 0 || this.textDepth === 0) return;
    if (this.ruby === "reading") this.builder.addReading(text);
    else if (this.ruby === "base") this.builder.addBase(text);
    else this.builder.add(text);
  }

  close(name: string): void {
    if (unread.has(name)) {
      this.unreadDepth -= 1;
      return;
    }
    if (this.unreadDepth > 0) return;
    if (texts.has(name)) {
      this.textDepth -= 1;
      if (name !== "t") this.builder.endBlock();
    } else if (name === "p") this.builder.endBlock();
    else if (name === "rt" || name === "rubyBase") this.ruby = undefined;
    else if (name === "txbxContent") this.nested.end();
  }

  private get builder(): TextBuilder {
    return this.nested.current;
  }
}

/** The text of a part, up to the limit. */
export async function drawingText(
  parts: ZipParts,
  part: string,
  maxCharacters: number,
): Promise<string> {
  const text = new DrawingText(maxCharacters);
  await readXml(parts, part, {
    open: (name, attributes) => text.open(name, attributes),
    text: (data) => text.text(data),
    close: (name) => text.close(name),
    isEnough: () => text.isEnough(),
  });
  return text.toString();
}
