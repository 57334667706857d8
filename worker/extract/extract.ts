import { stat } from "node:fs/promises";
import type { ExtractedText, FileFormat } from "./document";
import { FileFault } from "./file-fault";
import { doubtsAbout } from "./doubts";
import { detectFormat } from "./file-format";
import { readCsv } from "./formats/csv";
import { readDocx } from "./formats/docx";
import { readHtml } from "./formats/html";
import { readJson } from "./formats/json";
import { readOpenDocument } from "./formats/open-document";
import { readPdf } from "./formats/pdf";
import { readPptx } from "./formats/pptx";
import type { FormatReader } from "./formats/reader";
import { readMarkdown, readText } from "./formats/text";
import { readXls } from "./formats/xls";
import { readXlsx } from "./formats/xlsx";
import type { ExtractionLimits } from "./limits";

export interface ExtractionRequest {
  path: string;
  key: string;
  contentType: string;
  limits: ExtractionLimits;
}

export interface Extraction extends ExtractedText {
  format: FileFormat;
}

const readers: Readonly<Record<FileFormat, FormatReader>> = {
  text: readText,
  markdown: readMarkdown,
  html: readHtml,
  csv: readCsv,
  json: readJson,
  pdf: readPdf,
  docx: readDocx,
  pptx: readPptx,
  xlsx: readXlsx,
  xls: readXls,
  odt: readOpenDocument,
  ods: readOpenDocument,
  odp: readOpenDocument,
};

/** Reads the text of one file on disk. Throws a FileFault when the file is at fault. */
export async function extract(request: ExtractionRequest): Promise<Extraction> {
  const { path, key, contentType, limits } = request;
  const { size: bytes } = await stat(path);
  const file = { path, bytes, contentType, limits };
  const format = await detectFormat(key, file);
  const found = await read(format, file);
  const whole = found.text.replace(invisible, "");
  const text = whole.slice(0, limits.maxTextCharacters);
  const doubts = [...(found.doubts ?? []), ...doubtsAbout(text)];
  return {
    ...found,
    format,
    text,
    title: property(found.title),
    author: property(found.author),
    language: property(found.language) ?? likelyLanguage(text),
    truncated: found.truncated === true || text.length < whole.length ? true : undefined,
    doubts: doubts.length > 0 ? doubts : undefined,
  };
}

/** Where a word may be broken: a soft hyphen, a blank without width. With them a word is not found. */
const invisible = /[\u00ad\u200b\u2060\ufeff]/g;

/** What a file says of itself may be anything. */
function property(value: string | undefined): string | undefined {
  return value?.trim().slice(0, 1000);
}

async function read(format: FileFormat, file: Parameters<FormatReader>[0]): Promise<ExtractedText> {
  try {
    return await readers[format](file);
  } catch (error) {
    // The file is on our disk and small enough: what a parser throws now, it throws every time.
    if (error instanceof FileFault || isSystemError(error)) throw error;
    throw new FileFault(`cannot be read as ${format}: ${(error as Error).message}`);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

/** A hint by the letters of the beginning; undefined when they are not clear. */
function likelyLanguage(text: string): string | undefined {
  const sample = text.slice(0, 20_000);
  if (/[ぁ-ゖァ-ヺ]/.test(sample)) return "ja";
  if (/[가-힣]/.test(sample)) return "ko";
  const words = sample.match(/[\p{L}']+/gu) ?? [];
  const english = words.filter((word) => /^(the|and|of|to|in|for|is|with|on|by)$/i.test(word));
  return english.length >= 3 && english.length > words.length * 0.05 ? "en" : undefined;
}
