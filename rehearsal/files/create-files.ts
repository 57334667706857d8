import { badFiles } from "./bad-files";
import { skippedFiles } from "./skipped-files";
import { type BusinessDocument, businessDocument } from "./business-document";
import { asDocx, asXlsx } from "./office-formats";
import { asPdf, asPdfWithoutFont } from "./pdf-formats";
import { Random } from "./random";
import type { RehearsalFile } from "./rehearsal-file";
import {
  asCsv,
  asHtml,
  asJson,
  asMarkdown,
  asText,
  encode,
  type TextEncoding,
} from "./text-formats";
import type { Vocabulary } from "./vocabulary";

interface Kind {
  count: number;
  extension: string;
  contentType: string;
  language: Vocabulary["language"];
  write: (document: BusinessDocument) => Buffer | Promise<Buffer>;
}

type Content = (document: BusinessDocument) => string;

const text = (
  count: number,
  language: Kind["language"],
  encoding: TextEncoding,
  format: { extension: string; contentType: string; content: Content },
): Kind => ({
  ...format,
  count,
  language,
  write: (document) => encode(format.content(document), encoding),
});

const txt = { extension: "txt", contentType: "text/plain", content: asText };
const md = { extension: "md", contentType: "text/markdown", content: asMarkdown };
const csv = { extension: "csv", contentType: "text/csv", content: asCsv };
const json = { extension: "json", contentType: "application/json", content: asJson };
const html = (charset: TextEncoding) => ({
  extension: "html",
  contentType: "text/html",
  content: (document: BusinessDocument) => asHtml(document, charset),
});

const office = "application/vnd.openxmlformats-officedocument";
const docx = {
  extension: "docx",
  contentType: `${office}.wordprocessingml.document`,
  write: asDocx,
};
const xlsx = { extension: "xlsx", contentType: `${office}.spreadsheetml.sheet`, write: asXlsx };
const pdf = { extension: "pdf", contentType: "application/pdf" };

const kinds: Kind[] = [
  text(12, "en", "utf-8", txt),
  text(14, "ja", "utf-8", txt),
  text(12, "ja", "shift_jis", txt),
  text(8, "ja", "euc-jp", txt),
  text(6, "ja", "utf-16le", txt),
  text(4, "ja", "utf-16be", txt),
  text(4, "ja", "iso-2022-jp", txt),
  text(10, "en", "utf-8", md),
  text(14, "ja", "utf-8", md),
  text(8, "en", "utf-8", html("utf-8")),
  text(8, "ja", "utf-8", html("utf-8")),
  text(8, "ja", "shift_jis", html("shift_jis")),
  text(8, "en", "utf-8", csv),
  text(8, "ja", "utf-8", csv),
  text(8, "ja", "shift_jis", csv),
  text(10, "en", "utf-8", json),
  text(10, "ja", "utf-8", json),
  { ...pdf, count: 10, language: "en", write: (document) => asPdf(document) },
  { ...pdf, count: 6, language: "ja", write: (document) => asPdf(document) },
  { ...pdf, count: 8, language: "ja", write: asPdfWithoutFont },
  { ...docx, count: 8, language: "en" },
  { ...docx, count: 8, language: "ja" },
  { ...xlsx, count: 8, language: "en" },
  { ...xlsx, count: 8, language: "ja" },
];

/** More than two hundred business documents of all formats, eight files that cannot be indexed, and three that are no documents. The files are
 *  the same in every run, so that a failure can be reproduced. */
export async function rehearsalFiles(seed = 58_524): Promise<RehearsalFile[]> {
  const random = new Random(seed);
  const files: RehearsalFile[] = [];
  let number = 0;
  const next = (language: Kind["language"]) => businessDocument(random, ++number, language);
  for (const kind of kinds) {
    for (let made = 0; made < kind.count; made += 1) {
      const document = next(kind.language);
      files.push({
        key: `${document.path}.${kind.extension}`,
        body: await kind.write(document),
        contentType: kind.contentType,
        expect: "indexed",
        contains: document.phrase,
      });
    }
  }
  const bad = await badFiles({ broken: next("en"), encrypted: next("en") });
  return [...files, ...bad, ...skippedFiles];
}
