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
  private characters = 0;
  private cells: string[] = [];
  private cell: { type: string; style: number } = { type: "n", style: 0 };
  private value: string | undefined;
  private head: string | undefined;
  private choices: string | undefined;
  private readonly rich = new RichText();

  constructor(
    private readonly strings: SharedStrings,
    private readonly formats: CellFormats,
    private readonly maxCharacters: number,
  ) {}

  isEnough(): boolean {
    return this.characters > this.maxCharacters;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === "c") {
      this.cell = { type: attributes.t ?? "n", style: Number(attributes.s ?? 0) };
      this.rich.begin();
    } else if (name === "v") this.value = "";
    else if (name === "dataValidation" || name === "hyperlink") {
      for (const attribute of saidIn) this.addLine(unescaped(attributes[attribute] ?? ""));
    } else if (name === "formula1") this.choices = "";
    else if (printed.test(name)) this.head = "";
    else this.rich.open(name);
  }

  text(text: string): void {
    if (this.value !== undefined) this.value += text;
    else if (this.head !== undefined) this.head += text;
    else if (this.choices !== undefined) this.choices += text;
    else this.rich.text(text);
  }

  close(name: string): void {
    if (name === "v") {
      this.add(this.shown(this.value ?? ""));
      this.value = undefined;
    } else if (name === "is") this.add(this.rich.toString());
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
    if (type === "s") return this.strings.at(Number(value));
    if (type === "b") return value === "1" ? "TRUE" : "FALSE";
    return type === "n" ? this.formats.shown(value, style) : unescaped(value);
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
