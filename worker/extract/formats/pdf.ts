import { readFile } from "node:fs/promises";
import { getResolvedPDFJS } from "unpdf";
import { FileFault } from "../file-fault";
import { InlinedCharacterMaps } from "./pdf-character-maps";
import type { FormatReader } from "./reader";

export const readPdf: FormatReader = async ({ path, limits }) => {
  const { getDocument, VerbosityLevel } = await getResolvedPDFJS();
  const loading = getDocument({
    data: new Uint8Array(await readFile(path)),
    BinaryDataFactory: InlinedCharacterMaps,
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
    let characters = 0;
    for (let number = 1; number <= document.numPages; number += 1) {
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      for (const item of items) {
        if (!("str" in item)) continue;
        parts.push(item.hasEOL ? `${item.str}\n` : item.str);
        characters += item.str.length;
      }
      parts.push("\n");
      for (const text of annotationTexts(await page.getAnnotations())) {
        parts.push(`${text}\n`);
        characters += text.length;
      }
      page.cleanup();
      if (characters > limits.maxTextCharacters) break;
    }
    const metadata = await document.getMetadata();
    const info = metadata.info as Record<string, unknown>;
    return {
      text: joinWrappedLines(parts.join("")),
      title: nonEmptyText(info.Title),
      author: nonEmptyText(info.Author),
      language: nonEmptyText(info.Language),
      pages: document.numPages,
    };
  } catch (error) {
    throw asFault(error);
  } finally {
    await loading.destroy();
  }
};

/** What a person has filled in or noted: values of form fields, notes, what a comment says. */
function annotationTexts(annotations: unknown[]): string[] {
  return (annotations as Annotation[]).flatMap(
    ({ fieldValue, contentsObj, richText, alternativeText, buttonValue, checkBox }) => {
      const values: unknown[] = Array.isArray(fieldValue) ? fieldValue : [fieldValue];
      const isMarked = checkBox === true && fieldValue === buttonValue;
      const texts = [
        ...values,
        contentsObj?.str,
        richText?.str,
        alternativeText,
        isMarked ? buttonValue : "",
      ];
      return [...new Set(texts)].filter(
        (text) => typeof text === "string" && text.trim() !== "" && text !== "Off",
      ) as string[];
    },
  );
}

/** The parts of pdf.js' annotations that hold text. */
interface Annotation {
  fieldValue?: unknown;
  contentsObj?: { str?: string };
  richText?: { str?: string } | null;
  alternativeText?: string;
  buttonValue?: string;
  checkBox?: boolean;
}

function asFault(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === "PasswordException") return new FileFault("is an encrypted pdf");
  return new FileFault(`is a broken pdf: ${error.message}`);
}

/** A Japanese sentence has no spaces, so a line ends anywhere, often inside a word. */
function joinWrappedLines(text: string): string {
  return text.replace(/(?<=[々〆ぁ-ヿ㐀-鿿豈-﫿])\n(?=[々〆ぁ-ヿ㐀-鿿豈-﫿])/g, "");
}

function nonEmptyText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
