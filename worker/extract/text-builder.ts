/** A text in which others lie: a text box inside of a paragraph has its own blocks, and comes after that paragraph. */
export class NestedText {
  /** The last is the innermost. */
  private readonly builders: [TextBuilder, ...TextBuilder[]] = [new TextBuilder()];

  get current(): TextBuilder {
    return this.builders.at(-1) ?? this.builders[0];
  }

  get length(): number {
    return this.builders[0].length;
  }

  begin(): void {
    this.builders.push(new TextBuilder());
  }

  end(): void {
    if (this.builders.length === 1) return;
    const inner = String(this.builders.pop());
    this.current.addAfterBlock(inner);
  }

  toString(): string {
    return this.builders[0].toString();
  }
}

/** Builds a text of blocks (paragraphs, cells). Readings of a word (ruby) come after their block, so that the word stays
 *  in one piece and both are found. */
export class TextBuilder {
  private readonly parts: string[] = [];
  private readings: string[] = [];
  private isNextToReading = false;
  private later: string[] = [];
  length = 0;

  add(text: string): void {
    this.isNextToReading = false;
    this.push(text);
  }

  /** The text that a reading is about. */
  addBase(text: string): void {
    this.push(text);
  }

  /** Readings of neighbouring words are one word, as the words are. */
  addReading(text: string): void {
    if (this.isNextToReading) this.readings.push((this.readings.pop() ?? "") + text);
    else this.readings.push(text);
    this.isNextToReading = true;
  }

  /** A text that lies in the middle of this block and does not belong to it (a text box, a note). */
  addAfterBlock(text: string): void {
    if (text.trim() !== "") this.later.push(text.trim());
  }

  endBlock(end = "\n"): void {
    if (this.readings.length > 0) this.push(` ${this.readings.join(" ")}`);
    this.push(end);
    for (const text of this.later) this.push(`${text}\n`);
    this.readings = [];
    this.later = [];
    this.isNextToReading = false;
  }

  toString(): string {
    if (this.readings.length > 0 || this.later.length > 0) this.endBlock();
    return this.parts.join("");
  }

  private push(text: string): void {
    this.parts.push(text);
    this.length += text.length;
  }
}
