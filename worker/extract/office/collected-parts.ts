import { drawingText } from "./drawing-text";
import { relationshipsOf } from "./relationships";
import type { ZipParts } from "./zip-parts";

/** Kinds of parts that hold text and hang on a document, a slide, a sheet or a drawing. */
const withText = new Set(
  "header footer footnotes endnotes comments notesSlide diagramData chart chartEx drawing threadedComment".split(
    " ",
  ),
);

/** Collects the text of parts, each once, up to the limit of characters. */
export class CollectedParts {
  private readonly texts: string[] = [];
  private readonly seen = new Set<string>();
  private characters = 0;

  constructor(
    private readonly parts: ZipParts,
    private readonly maxCharacters: number,
  ) {}

  get isFull(): boolean {
    return this.characters > this.maxCharacters;
  }

  toString(): string {
    return this.texts.join("\n");
  }

  add(text: string): void {
    if (text.trim() === "") return;
    this.texts.push(text.trim());
    this.characters += text.length;
  }

  /** The text of a part, and of the parts with text that it refers to. */
  async addPart(part: string): Promise<void> {
    if (this.seen.has(part) || this.isFull) return;
    this.seen.add(part);
    this.add(await drawingText(this.parts, part, this.maxCharacters - this.characters));
    await this.addRelated(part);
  }

  async addRelated(part: string): Promise<void> {
    for (const { kind, target } of await relationshipsOf(this.parts, part)) {
      if (withText.has(kind)) await this.addPart(target);
    }
  }
}
