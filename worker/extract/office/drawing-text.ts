import { NestedText, type TextBuilder } from "../text-builder";
import { attributeOf, readXml, type XmlHandlers } from "./read-xml";
import type { ZipParts } from "./zip-parts";

/** Elements whose content is no text of the document: settings, field codes, deletions. */
const unread = new Set(
  "pPr rPr sectPr tblPr trPr tcPr rubyPr sdtPr instrText delText delInstrText".split(" "),
);

/** Elements that hold text: of WordprocessingML, DrawingML and Office Math (`t`), of charts (`v`, `pt`), of comments
 *  (`text`) and of controls on a sheet (`div`, `font`). */
const texts = new Set(["t", "v", "pt", "text", "div", "font"]);

/** Of these, the ones of which a word may have several. */
const runs = new Set(["t", "font"]);

interface Options {
  maxCharacters: number;
  /** Whether the shapes are placeholders, whose text is not shown. */
  isTemplate?: boolean;
}

/** Handlers that collect the text of a part in WordprocessingML, DrawingML or VML. */
export class DrawingText implements XmlHandlers {
  private readonly nested = new NestedText();
  /** The names of the elements that are open. */
  private readonly path: string[] = [];
  /** How many characters there were where something begins that has several forms, of which one is shown. */
  private readonly alternatives: number[] = [];
  private characters = 0;
  private unreadDepth = 0;
  private isPlaceholder = false;
  private ruby: "base" | "reading" | undefined;

  constructor(private readonly options: Options) {}

  toString(): string {
    return this.nested.toString();
  }

  isEnough(): boolean {
    return this.characters > this.options.maxCharacters;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.path.push(name);
    if (this.isUnread(name)) this.unreadDepth += 1;
    if (this.unreadDepth > 0) return;
    if (name === "tab" || name === "ptab") this.builder.add("\t");
    else if (name === "br" || name === "cr") this.builder.add("\n");
    else if (name === "noBreakHyphen") this.builder.add("-");
    else if (name === "rt") this.ruby = "reading";
    else if (name === "rubyBase") this.ruby = "base";
    else if (name === "txbxContent") this.nested.begin();
    else if (name === "AlternateContent") this.alternatives.push(this.characters);
    else if (name === "sp") this.isPlaceholder = false;
    else if (name === "ph") this.isPlaceholder = this.options.isTemplate === true;
    // The choices of a form's list, of which one is shown.
    else if (name === "listEntry") this.speak(attributeOf(attributes, "val"));
    // A watermark.
    else if (name === "textpath") this.speak(attributes.string);
    // What a picture shows, for people who do not see it.
    else if (name === "docPr" || name === "cNvPr") {
      this.speak(attributes.title);
      this.speak(attributes.descr);
    } else if (name === "shape") this.speak(attributes.alt);
  }

  text(text: string): void {
    const name = this.path.at(-1) ?? "";
    if (this.unreadDepth > 0 || this.isPlaceholder || !texts.has(name)) return;
    // Between elements inside of it.
    if (name !== "t" && text.trim() === "") return;
    this.characters += text.length;
    if (this.ruby === "reading") this.builder.addReading(text);
    else if (this.ruby === "base") this.builder.addBase(text);
    else this.builder.add(text);
  }

  close(name: string): void {
    this.path.pop();
    if (this.unreadDepth > 0) {
      if (unread.has(name) || name === "Fallback") this.unreadDepth -= 1;
      return;
    }
    if (name === "p" || (texts.has(name) && !runs.has(name))) this.builder.endBlock();
    else if (name === "rt" || name === "rubyBase") this.ruby = undefined;
    else if (name === "AlternateContent") this.alternatives.pop();
    else if (name === "sp") this.isPlaceholder = false;
    else if (name === "txbxContent") this.nested.end();
  }

  /** The last form is for programs that do not know the others. It has the same text, or the others have none. */
  private isUnread(name: string): boolean {
    if (name !== "Fallback") return unread.has(name);
    return this.unreadDepth > 0 || this.characters > (this.alternatives.at(-1) ?? 0);
  }

  private speak(text: string | undefined): void {
    if (text === undefined) return;
    this.characters += text.length;
    this.builder.addAfterBlock(text);
  }

  private get builder(): TextBuilder {
    return this.nested.current;
  }
}

/** The text of a part, up to the limit. */
export async function drawingText(
  parts: ZipParts,
  part: string,
  options: Options,
): Promise<string> {
  const text = new DrawingText(options);
  await readXml(parts, part, {
    open: (name, attributes) => text.open(name, attributes),
    text: (data) => text.text(data),
    close: (name) => text.close(name),
    isEnough: () => text.isEnough(),
  });
  return text.toString();
}
