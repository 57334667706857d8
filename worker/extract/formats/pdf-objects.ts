import {
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFRawStream,
  PDFRef,
  PDFString,
  decodePDFRawStream,
} from "@cantoo/pdf-lib";
import { decodeText } from "../charset";
import { htmlText } from "./html";
import { nameIfLettersUnknown } from "./pdf-font";

/** What the objects of a PDF say and pdf.js does not hand out. */
export interface PdfObjects {
  /** Values of fields that are on no page, notes with rich text, what pictures show. */
  texts: Set<string>;
  /** What text means, where its letters show something else. */
  meanings: Set<string>;
  /** Fonts that do not say which letters they show. */
  unknownFonts: Set<string>;
}

const richTexts = ["RC", "RV"];
const plainTexts = ["Alt", "E", "OverlayText"];

/** Reads all that hangs on the document as it is now: what was removed may still be in the file. */
export async function readPdfObjects(bytes: Uint8Array): Promise<PdfObjects> {
  const document = await PDFDocument.load(bytes, {
    // Some files may be read without one and are encrypted nevertheless.
    password: "",
    parseSpeed: Infinity,
    updateMetadata: false,
    preserveXFA: true,
  });
  const found: PdfObjects = { texts: new Set(), meanings: new Set(), unknownFonts: new Set() };
  const seen = new Set<PDFRef>();
  const rest: (PDFObject | undefined)[] = [document.catalog];
  while (rest.length > 0) {
    let object = rest.pop();
    if (object instanceof PDFRef) {
      if (seen.has(object)) continue;
      seen.add(object);
      object = document.context.lookup(object);
    }
    if (object instanceof PDFArray) rest.push(...object.asArray());
    else if (object instanceof PDFDict) addDictionary(found, object, rest);
    else if (object instanceof PDFRawStream) {
      addDictionary(found, object.dict, rest);
      if (isNamed(object.dict, "Subtype", "Form")) addContent(found, [object]);
    }
  }
  return found;
}

function addDictionary(found: PdfObjects, dict: PDFDict, rest: (PDFObject | undefined)[]): void {
  for (const [key, value] of dict.entries()) {
    const name = key.decodeText();
    if (richTexts.includes(name)) {
      for (const text of textsIn(dict.lookup(key))) found.texts.add(htmlText(text));
    } else if (plainTexts.includes(name)) addAll(found.texts, textsIn(dict.lookup(key)));
    else if (name === "ActualText") addAll(found.meanings, textsIn(dict.lookup(key)));
    else if (name === "V" && isField(dict)) addAll(found.texts, textsIn(dict.lookup(key)));
    else if (name === "Contents" && isNamed(dict, "Type", "Page")) {
      addContent(found, streamsIn(dict.lookup(key)));
    }
    rest.push(value);
  }
  const font = nameIfLettersUnknown(dict);
  if (font !== undefined) found.unknownFonts.add(font);
}

/** One that shows what is written into it. */
function isField(dict: PDFDict): boolean {
  const password = 0x2000;
  for (let field: unknown = dict, depth = 0; field instanceof PDFDict && depth < 50; depth += 1) {
    const flags = field.lookup(PDFName.of("Ff"));
    if (flags instanceof PDFNumber) return (flags.asNumber() & password) === 0;
    field = field.lookup(PDFName.of("Parent"));
  }
  return ["FT", "T", "Kids"].some((key) => dict.has(PDFName.of(key)));
}

/** A string, a stream that stands for one, or several of them. */
function textsIn(value: PDFObject | undefined): string[] {
  if (value instanceof PDFString || value instanceof PDFHexString) return [value.decodeText()];
  if (value instanceof PDFRawStream) return [decodeText(decoded(value)).text];
  if (!(value instanceof PDFArray)) return [];
  return value.asArray().flatMap((_, at) => {
    const item = value.lookup(at);
    return item instanceof PDFArray ? [] : textsIn(item);
  });
}

const streamsIn = (value: PDFObject | undefined): PDFRawStream[] =>
  (value instanceof PDFArray ? value.asArray().map((_, at) => value.lookup(at)) : [value]).filter(
    (item) => item instanceof PDFRawStream,
  );

/** Without a copy: a drawing may be large. */
function decoded(stream: PDFRawStream): Buffer {
  const { buffer, byteOffset, byteLength } = decodePDFRawStream(stream).decode();
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A property list in the middle of the text: /Span << /ActualText (…) >> BDC. */
const properties =
  /\/(ActualText|Alt|E)\s*(?:\(((?:\\[^]|[^\\()]|\((?:\\[^]|[^\\()])*\))*)\)|<([\da-f\s]*)>)/gi;

function addContent(found: PdfObjects, streams: readonly PDFRawStream[]): void {
  const content = Buffer.concat(streams.map(decoded));
  // Nearly no page has any.
  if (!["/ActualText", "/Alt", "/E(", "/E ("].some((key) => content.includes(key))) return;
  for (const [, key, string, hex = ""] of content.toString("latin1").matchAll(properties)) {
    const value = string === undefined ? PDFHexString.of(hex) : PDFString.of(string);
    (key === "ActualText" ? found.meanings : found.texts).add(value.decodeText());
  }
}

function addAll(to: Set<string>, texts: readonly string[]): void {
  for (const text of texts) to.add(text);
}

const isNamed = (dict: PDFDict, key: string, name: string): boolean =>
  dict.lookup(PDFName.of(key)) === PDFName.of(name);
