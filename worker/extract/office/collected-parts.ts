import { decodeText } from "../charset";
import type { ExtractedText } from "../document";
import { htmlText } from "../formats/html";
import { drawingText } from "./drawing-text";
import { readOfficeProperties } from "./properties";
import { type Relationship, relationshipsOf } from "./relationships";
import type { ZipParts } from "./zip-parts";

/** Kinds of parts that hold text and hang on a document, a slide, a sheet or a drawing. */
const withText = new Set(
  (
    "header footer footnotes endnotes comments notesSlide diagramData chart chartEx chartUserShapes drawing " +
    "vmlDrawing threadedComment aFChunk slideLayout slideMaster"
  ).split(" "),
);

/** A file in the file, of which only a picture is shown. */
const embedded = new Set(["package", "oleObject", "subDocument"]);

/** What is drawn of a diagram. It nearly always says the same as the diagram's data. */
const drawnDiagram = "diagramDrawing";

/** The data of a chart lie beside it as a workbook. What the chart shows of them is in the chart. */
const isChart = /(^|\/)charts?(Ex)?\d*\.xml$/i;

/** What the placeholders of a layout say is not shown. */
const isTemplate = (kind: string): boolean => kind === "slideLayout" || kind === "slideMaster";

/** Collects the text of parts, each once, up to the limit of characters. */
export class CollectedParts {
  readonly doubts: string[] = [];
  private readonly texts: string[] = [];
  private readonly seen = new Set<string>();
  /** Texts of diagrams' data, by part. */
  private readonly diagrams = new Map<string, string>();
  private characters = 0;

  constructor(
    private readonly parts: ZipParts,
    private readonly maxCharacters: number,
  ) {}

  get isFull(): boolean {
    return this.characters > this.maxCharacters;
  }

  /** With what the document says of itself at the end. */
  async withProperties(): Promise<ExtractedText> {
    const { said, ...properties } = await readOfficeProperties(this.parts);
    return {
      ...properties,
      text: [...this.texts, ...said].join("\n"),
      doubts: [...this.doubts, ...this.parts.doubts],
    };
  }

  add(text: string): void {
    if (text.trim() === "") return;
    this.texts.push(text.trim());
    this.characters += text.length;
  }

  /** The text of a part, and of the parts with text that it refers to. */
  async addPart(part: string, kind = ""): Promise<void> {
    if (this.seen.has(part) || this.isFull) return;
    this.seen.add(part);
    if (!this.parts.has(part)) this.doubts.push(`${part} is missing in the file`);
    else if (kind === "aFChunk") await this.addChunk(part);
    else {
      const maxCharacters = this.maxCharacters - this.characters;
      const text = await drawingText(this.parts, part, {
        maxCharacters,
        isTemplate: isTemplate(kind),
      });
      this.add(text);
      if (kind === "diagramData") this.diagrams.set(part, text);
      await this.addRelated(part, kind);
    }
  }

  async addRelated(part: string, ofKind = ""): Promise<void> {
    const relationships = await relationshipsOf(this.parts, part);
    for (const { kind, target } of relationships) {
      // A master refers to layouts that no slide has.
      if (ofKind === "slideMaster" && kind === "slideLayout") continue;
      if (withText.has(kind)) await this.addPart(target, kind);
      else if (embedded.has(kind) && !isChart.test(part)) {
        this.doubts.push(`${target} is a file in the file, which is not read`);
      }
    }
    const drawn = relationships.filter(({ kind }) => kind === drawnDiagram);
    const data = relationships.filter(({ kind }) => kind === "diagramData");
    if (drawn.length > 0) await this.addDrawn(drawn, data);
  }

  /** Lines that the data of the diagrams do not have: some programs write no data. */
  private async addDrawn(
    drawn: readonly Relationship[],
    data: readonly Relationship[],
  ): Promise<void> {
    const texts = data.map(({ target }) => this.diagrams.get(target) ?? "");
    const known = new Set(texts.flatMap((text) => text.split("\n")).map(withoutBlanks));
    const lines: string[] = [];
    for (const { target } of drawn) {
      if (this.isFull) break;
      const maxCharacters = this.maxCharacters - this.characters;
      lines.push(...(await drawingText(this.parts, target, { maxCharacters })).split("\n"));
    }
    this.add(lines.filter((line) => !known.has(withoutBlanks(line))).join("\n"));
  }

  /** A page or a plain text in the middle of a document, which Word takes in when it is saved the next time. */
  private async addChunk(part: string): Promise<void> {
    if (!/\.(x?html?|txt)$/i.test(part)) {
      this.doubts.push(`${part} is a file in the file, which is not read`);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of this.parts.chunks(part)) chunks.push(chunk);
    const { text } = decodeText(Buffer.concat(chunks));
    this.add(part.endsWith(".txt") ? text : htmlText(text));
  }
}

const withoutBlanks = (line: string): string => line.replace(/\s+/g, "");
