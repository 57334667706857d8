import { openAsBlob } from "node:fs";
import { extname } from "node:path";
import { fileTypeFromBlob } from "file-type";
import type { FileFormat } from "./document";
import { FileFault } from "./file-fault";
import type { FileToRead } from "./formats/reader";
import { zipFormat } from "./office/zip-format";
import { oldOfficeKind, whyUnread } from "./unread-kinds";

const textFormats: Readonly<Record<string, FileFormat>> = {
  ".txt": "text",
  ".text": "text",
  ".log": "text",
  ".md": "markdown",
  ".markdown": "markdown",
  ".html": "html",
  ".htm": "html",
  ".xhtml": "html",
  ".csv": "csv",
  ".tsv": "csv",
  ".json": "json",
  ".jsonl": "json",
  ".ndjson": "json",
};

const textTypes: Readonly<Record<string, FileFormat>> = {
  "text/plain": "text",
  "text/markdown": "markdown",
  "text/html": "html",
  "application/xhtml+xml": "html",
  "text/csv": "csv",
  "text/tab-separated-values": "csv",
  "application/json": "json",
  "application/jsonl": "json",
  "application/x-ndjson": "json",
};

const openXml = "application/vnd.openxmlformats-officedocument";
const openDocument = "application/vnd.oasis.opendocument";

const binaryTypes: Readonly<Record<string, FileFormat>> = {
  "application/pdf": "pdf",
  [`${openXml}.wordprocessingml.document`]: "docx",
  [`${openXml}.wordprocessingml.template`]: "docx",
  "application/vnd.ms-word.document.macroenabled.12": "docx",
  [`${openXml}.presentationml.presentation`]: "pptx",
  [`${openXml}.presentationml.slideshow`]: "pptx",
  [`${openXml}.presentationml.template`]: "pptx",
  "application/vnd.ms-powerpoint.presentation.macroenabled.12": "pptx",
  [`${openXml}.spreadsheetml.sheet`]: "xlsx",
  [`${openXml}.spreadsheetml.template`]: "xlsx",
  "application/vnd.ms-excel.sheet.macroenabled.12": "xlsx",
  [`${openDocument}.text`]: "odt",
  [`${openDocument}.spreadsheet`]: "ods",
  [`${openDocument}.presentation`]: "odp",
  [`${openDocument}.text-template`]: "odt",
  [`${openDocument}.spreadsheet-template`]: "ods",
  [`${openDocument}.presentation-template`]: "odp",
};

const binaryExtensions = new Set([
  ".pdf",
  ".docx",
  ".pptx",
  ".xlsx",
  ".xls",
  ".odt",
  ".ods",
  ".odp",
]);

const supported =
  "txt, md, html, csv, json, pdf, docx, pptx, xlsx, xls, odt, ods and odp are supported";

/** A PDF may have other bytes before its header, within so many. Source: ISO 32000-1, Annex H, implementation note 13. */
const beginningBytes = 1024;
const pdfHeader = /%PDF-[12]\.\d/;
/** A text about PDFs may have the word, but not with a version and alone on its line. */
const pdfHeaderInText = /(^|[\r\n\0])%PDF-[12]\.\d[\r\n]/;

/** Says what a file is: by its first bytes where a format has a signature, by the key's extension and
 *  then by the declared type where it has none. */
export async function detectFormat(key: string, file: FileToRead): Promise<FileFormat> {
  const { path, contentType } = file;
  const extension = extname(key).toLowerCase();
  const textFormat = textFormats[extension] ?? textTypes[mediaType(contentType)];
  // A blob of the file, because `fileTypeFromFile` loads a package at run time, which no bundle has.
  const signature = await fileTypeFromBlob(await openAsBlob(path));

  const binaryFormat = signature && binaryTypes[signature.mime];
  if (binaryFormat !== undefined) return binaryFormat;
  if (signature?.mime === "application/x-cfb") {
    const { format, why } = await oldOfficeKind(path);
    if (format !== undefined) return format;
    if (why === undefined && extension === ".xls") return "xls";
    throw new FileFault(
      why ??
        "is encrypted or in an old Office format, which is not read: save it as docx, xlsx, pptx or PDF",
    );
  }
  if (signature?.mime === "application/zip") {
    const format = await zipFormat(file);
    if (format !== undefined) return format;
  }
  const beginning = await (await openAsBlob(path)).slice(0, beginningBytes).text();
  const isSaidToBePdf = extension === ".pdf" || mediaType(contentType) === "application/pdf";
  if ((isSaidToBePdf ? pdfHeader : pdfHeaderInText).test(beginning)) return "pdf";
  if (extension === ".xls") return namedXls(beginning);
  const unread = signature && whyUnread(signature.mime);
  if (binaryExtensions.has(extension)) {
    const content = signature === undefined ? "something else" : `${signature.ext} data`;
    throw new FileFault(`is named ${extension} but contains ${content}`);
  }
  // Text has no signature: two letters at its start may look like one (BM is a bitmap's).
  if (textFormat !== undefined && (signature === undefined || !isSureBinary(signature.mime))) {
    return textFormat;
  }
  if (unread !== undefined) throw new FileFault(unread);
  const type = signature?.mime ?? (contentType === "" ? "of an unknown type" : contentType);
  throw new FileFault(`has an unsupported type (${type}); ${supported}`);
}

/** Many programs write a page, XML or a table of text under this name, because Excel opens it. */
function namedXls(beginning: string): FileFormat {
  if (/<\?mso-application|urn:schemas-microsoft-com:office:spreadsheet/.test(beginning))
    return "xls";
  if (/<(!doctype\s+html|html|head|body|table|meta)\b/i.test(beginning)) return "html";
  if (beginning.includes("\0")) throw new FileFault("is named .xls but contains something else");
  return "csv";
}

function isSureBinary(mime: string): boolean {
  return /^(image\/(png|jpeg|gif|webp)|video\/|application\/(zip|gzip|rtf|x-7z|x-elf|x-rar))/.test(
    mime,
  );
}

function mediaType(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}
