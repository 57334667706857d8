import { readFile } from "node:fs/promises";
import { getResolvedPDFJS } from "unpdf";
import { FileFault } from "../file-fault";
import { hiddenPdfText } from "./pdf-hidden-text";
import { InlinedCharacterMaps } from "./pdf-character-maps";
import type { FormatReader } from "./reader";
import { xfaFields } from "./xfa-fields";

export const readPdf: FormatReader = async ({ path, limits }) => {
  const { getDocument, VerbosityLevel } = await getResolvedPDFJS();
  const bytes = await readFile(path);
  const loading = getDocument({
    // A copy: pdf.js keeps it for itself.
    data: new Uint8Array(bytes),
    BinaryDataFactory: InlinedCharacterMaps,
    // Forms that Adobe's LiveCycle made. Without it they say only that another program is needed.
    enableXfa: true,
    disableFontFace: true,
    useSystemFonts: false,
    useWasm: false,
    // Pictures are of no use here, and large ones are a way to use up memory.
    maxImageSize: 0,
    verbosity: VerbosityLevel.ERRORS,
  });
  try {
    const document = await loading.promise;
    const parts: string[] = [];
    const withoutText: number[] = [];
    let characters = 0;
    const add = (text: string) => {
      parts.push(text);
      characters += text.length;
    };
    for (let number = 1; number <= document.numPages; number += 1) {
      const before = characters;
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      for (const item of items) {
        if ("str" in item) add(item.hasEOL ? `${item.str}\n` : item.str);
      }
      parts.push("\n");
      for (const text of annotationTexts(await page.getAnnotations())) add(`${text}\n`);
      if (document.isPureXfa) {
        for (const text of xfaFields(await page.getXfa())) add(`${text}\n`);
      }
      if (characters === before) withoutText.push(number);
      page.cleanup();
      if (characters > limits.maxTextCharacters) break;
    }
    const info = (await document.getMetadata()).info as Record<string, unknown>;
    const outline = ((await document.getOutline()) as Bookmark[] | null) ?? [];
    for (const text of [...titlesOf(outline), ...saidIn(info)]) parts.push(`${text}\n`);
    const text = joinWrappedLines(parts.join(""));
    const hidden =
      characters > limits.maxTextCharacters
        ? { lines: [], doubts: [] }
        : await hiddenPdfText(bytes, text);
    return {
      text: [text, ...hidden.lines].join("\n"),
      title: nonEmptyText(info.Title),
      author: nonEmptyText(info.Author),
      language: nonEmptyText(info.Language),
      pages: document.numPages,
      doubts: [
        ...doubtsAboutPages(withoutText, document.numPages),
        ...hidden.doubts,
        ...doubtsAboutFiles(await document.getAttachments()),
      ],
    };
  } catch (error) {
    throw asFault(error);
  } finally {
    await loading.destroy();
  }
};

/** A scanned page is a picture. If all of them are, no text is found, which is said of every format. */
function doubtsAboutPages(withoutText: readonly number[], pages: number): string[] {
  if (withoutText.length === 0 || withoutText.length === pages) return [];
  const some = withoutText.slice(0, 10).join(", ");
  return [
    `${withoutText.length} of ${pages} pages have no text: ${some}${withoutText.length > 10 ? " …" : ""}`,
  ];
}

/** By name. pdf.js' types say nothing of it. */
const doubtsAboutFiles = (attachments: ReadonlyMap<string, unknown> | null): string[] =>
  [...(attachments?.keys() ?? [])].map(
    (name) => `${name} is a file in the file, which is not read`,
  );

interface Bookmark {
  title: string;
  items: Bookmark[];
}

const titlesOf = (bookmarks: readonly Bookmark[]): string[] =>
  bookmarks.flatMap(({ title, items }) => [title, ...titlesOf(items)]);

/** What a document says of itself, besides its title. */
function saidIn({ Subject, Keywords, Custom }: Record<string, unknown>): string[] {
  const own =
    typeof Custom === "object" && Custom !== null ? Object.values<unknown>({ ...Custom }) : [];
  return [Subject, Keywords, ...own].flatMap((value) => nonEmptyText(value) ?? []);
}

/** What a person has filled in or noted: values of form fields, notes, what a comment says. */
function annotationTexts(annotations: unknown[]): string[] {
  return (annotations as Annotation[]).flatMap((annotation) => {
    const { contentsObj, richText, textContent, alternativeText, buttonValue } = annotation;
    const isMarked = annotation.checkBox === true && annotation.fieldValue === buttonValue;
    const texts = [
      ...fieldTexts(annotation),
      contentsObj?.str,
      richText?.str,
      textContent?.join("\n"),
      alternativeText,
      isMarked ? buttonValue : "",
    ];
    return [...new Set(texts)].filter(
      (text) => typeof text === "string" && text.trim() !== "" && text !== "Off",
    ) as string[];
  });
}

/** A choice is stored by a value of its own, and shown by another one. */
function fieldTexts({ fieldValue, options, password }: Annotation): unknown[] {
  if (password === true) return [];
  const values: unknown[] = Array.isArray(fieldValue) ? fieldValue : [fieldValue];
  return values.flatMap((value) => [
    value,
    options?.find(({ exportValue }) => exportValue === value)?.displayValue,
  ]);
}

/** The parts of pdf.js' annotations that hold text. */
interface Annotation {
  fieldValue?: unknown;
  /** Of a choice. */
  options?: { exportValue: string; displayValue: string }[];
  password?: boolean;
  contentsObj?: { str?: string };
  richText?: { str?: string } | null;
  /** What is drawn on the page, where that is not what the note says. */
  textContent?: string[];
  alternativeText?: string;
  buttonValue?: string;
  checkBox?: boolean;
}

function asFault(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === "PasswordException")
    return new FileFault("is an encrypted pdf: save it without its password");
  return new FileFault(`is a broken pdf: ${error.message}`);
}

/** A Japanese sentence has no spaces, so a line ends anywhere, often inside a word. */
function joinWrappedLines(text: string): string {
  return text.replace(/(?<=[々〆ぁ-ヿ㐀-鿿豈-﫿])\n(?=[々〆ぁ-ヿ㐀-鿿豈-﫿])/g, "");
}

function nonEmptyText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
