import { NestedText, type TextBuilder } from "../text-builder";
import { OpenDocumentNames } from "./open-document-names";
import type { XmlHandlers } from "./read-xml";

/** Deleted text, and styles, whose texts are examples. */
const unread = new Set(["tracked-changes", "font-face-decls", "automatic-styles"]);

/** What a form's controls show. */
const inForms = ["form:label", "form:current-value", "form:value"];

/** Those of a presentation's slides say what their foot and head are, without a paragraph. */
const paragraphs = new Set(["p", "h", "footer-decl", "header-decl", "date-time-decl"]);

/** What lies inside of a paragraph and is a text of its own. */
const apart = new Set(["annotation", "note", "text-box", "title", "desc"]);

/** Handlers that collect the text of an OpenDocument part. */
export class OpenDocumentText implements XmlHandlers {
  private readonly nested = new NestedText();
  private readonly names = new OpenDocumentNames();
  private unreadDepth = 0;
  private blockDepth = 0;
  private cellDepth = 0;
  private ruby: "base" | "reading" | undefined;
  /** Full digits of the cell, beside what it shows. */
  private cellValue: string | undefined;
  /** What a cell without a paragraph shows. */
  private unwritten: string | undefined;

  constructor(private readonly maxCharacters: number) {}

  toString(): string {
    return this.nested.toString();
  }

  isEnough(): boolean {
    return this.nested.length > this.maxCharacters;
  }

  open(name: string, written: Readonly<Record<string, string>>): void {
    const attributes = this.names.usual(written);
    if (unread.has(name)) this.unreadDepth += 1;
    if (this.unreadDepth > 0) return;
    for (const attribute of inForms) this.builder.addAfterBlock(attributes[attribute] ?? "");
    if (apart.has(name)) {
      this.nested.begin();
      this.blockDepth += 1;
    } else if (paragraphs.has(name)) {
      this.blockDepth += 1;
      this.unwritten = undefined;
    } else if (name === "ruby-text") this.ruby = "reading";
    else if (name === "ruby-base") this.ruby = "base";
    else if (name === "tab") this.builder.add("\t");
    else if (name === "line-break") this.builder.add("\n");
    else if (name === "s")
      this.builder.add(" ".repeat(Math.min(Number(attributes["text:c"] ?? 1), 100)));
    else if (name === "table") this.block(attributes["table:name"]);
    else if (name === "table-cell") {
      this.cellDepth += 1;
      this.cellValue = attributes["office:value"] ?? attributes["office:date-value"];
      this.unwritten =
        attributes["office:string-value"] ??
        attributes["office:boolean-value"] ??
        attributes["office:time-value"];
    }
  }

  text(text: string): void {
    if (this.unreadDepth > 0 || this.blockDepth === 0) return;
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
    if (apart.has(name)) {
      this.blockDepth -= 1;
      this.nested.end();
      if (this.blockDepth === 0) this.builder.endBlock("");
    } else if (paragraphs.has(name)) {
      this.blockDepth -= 1;
      this.builder.endBlock(this.cellDepth > 0 ? "\t" : "\n");
    } else if (name === "ruby-text" || name === "ruby-base") this.ruby = undefined;
    else if (name === "table-cell") {
      this.cellDepth -= 1;
      const beside = this.cellValue ?? this.unwritten;
      if (beside !== undefined) this.builder.add(`${beside}\t`);
      this.cellValue = undefined;
      this.unwritten = undefined;
    } else if (name === "table-row") this.builder.endBlock();
  }

  private block(text: string | undefined): void {
    if (text === undefined) return;
    this.builder.add(text);
    this.builder.endBlock();
  }

  private get builder(): TextBuilder {
    return this.nested.current;
  }
}
