import type { CellFormats } from "./cell-formats";
import type { XmlHandlers } from "./read-xml";
import { RichText, type SharedStrings, unescaped } from "./shared-strings";

/** What a cell says to a person who fills it in or points at it. */
const saidIn = ["promptTitle", "prompt", "errorTitle", "error", "tooltip"];

/** Texts for the printed page's head and foot. */
const printed = /^(odd|even|first)(Header|Footer)$/;

/** Handlers that collect the rows of a sheet: tabs between the cells that are there. */
export class SheetRows implements XmlHandlers {
  readonly lines: string[] = [];
  /** Formulas that were never calculated, and cells whose text is not in the file. */
  private uncalculated = 0;
  private missing = 0;
  private characters = 0;
  private cells: string[] = [];
  private cell: { type: string; style: number } = { type: "n", style: 0 };
  private value: string | undefined;
  private head: string | undefined;
  private choices: string | undefined;
  private formula: string | undefined;
  private isInFormula = false;
  private hasValue = false;
  private readonly rich = new RichText();

  constructor(
    private readonly strings: SharedStrings,
    private readonly formats: CellFormats,
    private readonly maxCharacters: number,
  ) {}

  get doubts(): string[] {
    const count = (cells: number) => (cells === 1 ? "1 cell has" : `${cells} cells have`);
    return [
      ...(this.uncalculated > 0 ? [`${count(this.uncalculated)} a formula and no value`] : []),
      ...(this.missing > 0 ? [`${count(this.missing)} a text that is missing in the file`] : []),
    ];
  }

  isEnough(): boolean {
    return this.characters > this.maxCharacters;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === "c") {
      this.cell = { type: attributes.t ?? "n", style: Number(attributes.s ?? 0) };
      this.rich.begin();
      this.formula = undefined;
      this.hasValue = false;
    } else if (name === "v") {
      this.value = "";
      this.hasValue = true;
    } else if (name === "f") {
      this.formula = "";
      this.isInFormula = true;
    } else if (name === "dataValidation" || name === "hyperlink") {
      for (const attribute of saidIn) this.addLine(unescaped(attributes[attribute] ?? ""));
    } else if (name === "formula1") this.choices = "";
    else if (printed.test(name)) this.head = "";
    else this.rich.open(name);
  }

  text(text: string): void {
    if (this.value !== undefined) this.value += text;
    else if (this.head !== undefined) this.head += text;
    else if (this.choices !== undefined) this.choices += text;
    else if (this.isInFormula) this.formula = (this.formula ?? "") + text;
    else this.rich.text(text);
  }

  close(name: string): void {
    if (name === "v") {
      this.add(this.shown(this.value ?? ""));
      this.value = undefined;
    } else if (name === "is") this.add(this.rich.toString());
    else if (name === "f") this.isInFormula = false;
    else if (name === "c") this.endCell();
    else if (name === "row") this.endRow();
    else if (printed.test(name)) {
      this.addLine(withoutCodes(this.head ?? ""));
      this.head = undefined;
    } else if (name === "formula1") {
      // A list of values, not the cells that hold one.
      if (/^\s*"/.test(this.choices ?? "")) this.addLine((this.choices ?? "").replaceAll('"', ""));
      this.choices = undefined;
    } else this.rich.close(name);
  }

  private shown(value: string): string {
    const { type, style } = this.cell;
    if (type === "s") {
      const text = this.strings.at(Number(value));
      if (text === undefined && !this.strings.isCut) this.missing += 1;
      return text ?? "";
    }
    if (type === "b") return value === "1" ? "TRUE" : "FALSE";
    return type === "n" ? this.formats.shown(value, style) : unescaped(value);
  }

  /** A program that does not calculate writes a formula without its value. What it has of text is in the formula. */
  private endCell(): void {
    if (this.formula === undefined || this.hasValue) return;
    this.uncalculated += 1;
    this.add(`=${this.formula}`);
  }

  private add(text: string): void {
    if (text !== "") this.cells.push(text);
  }

  private endRow(): void {
    this.addLine(this.cells.join("\t"));
    this.cells = [];
  }

  private addLine(line: string): void {
    if (line === "") return;
    this.lines.push(line);
    this.characters += line.length;
  }
}

/** "&L" and the like are places, fonts and colours. */
const withoutCodes = (text: string): string =>
  text
    .replace(/&("[^"]*"|K[0-9A-F]{6}|\d+|[LCR])/g, " ")
    .replace(/&&/g, "&")
    .trim();
