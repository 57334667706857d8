import { readXml } from "./read-xml";
import { TextBuilder } from "../text-builder";
import type { ZipParts } from "./zip-parts";

/** The texts that cells refer to by number. Beyond the limit of characters they are left out. */
export class SharedStrings {
  private readonly texts: string[] = [];
  private characters = 0;

  get isCut(): boolean {
    return this.characters > this.maxCharacters;
  }

  private constructor(private readonly maxCharacters: number) {}

  static async read(parts: ZipParts, part: string, maxCharacters: number): Promise<SharedStrings> {
    const strings = new SharedStrings(maxCharacters);
    const rich = new RichText();
    await readXml(parts, part, {
      open(name) {
        if (name === "si") rich.begin();
        else rich.open(name);
      },
      text: (text) => rich.text(text),
      close(name) {
        if (name === "si") strings.add(rich.toString());
        else rich.close(name);
      },
      isEnough: () => strings.isCut,
    });
    return strings;
  }

  /** Undefined if there is none, or if it was left out. */
  at(index: number): string | undefined {
    return this.texts[index];
  }

  private add(text: string): void {
    this.texts.push(text);
    this.characters += text.length;
  }
}

/** "_x000A_" is a line end. Source: ECMA-376, part 1, 22.9.2.19. */
export const unescaped = (text: string): string =>
  text.replace(/_x([0-9a-f]{4})_/gi, (_escape, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  );

/** Text of a cell in runs, with its readings (phonetic guide) after it. */
export class RichText {
  private builder = new TextBuilder();
  private isText = false;
  private isReading = false;

  begin(): void {
    this.builder = new TextBuilder();
  }

  open(name: string): void {
    if (name === "t") this.isText = true;
    else if (name === "rPh") this.isReading = true;
  }

  text(text: string): void {
    if (!this.isText) return;
    if (this.isReading) this.builder.addReading(text);
    else this.builder.addBase(text);
  }

  close(name: string): void {
    if (name === "t") this.isText = false;
    else if (name === "rPh") this.isReading = false;
  }

  toString(): string {
    return unescaped(this.builder.toString().trimEnd());
  }
}
