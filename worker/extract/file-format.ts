import { openAsBlob } from "node:fs";
import { extname } from "node:path";
import { fileTypeFromBlob } from "file-type";
import type { FileFormat } from "./document";
import { FileFault } from "./file-fault";

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
};

const textTypes: Readonly<Record<string, FileFormat>> = {
  "text/plain": "text",
  "text/markdown": "markdown",
  "text/html": "html",
  "application/xhtml+xml": "html",
  "text/csv": "csv",
  "text/tab-separated-values": "csv",
  "application/json": "json",
};

const binaryTypes: Readonly<Record<string, FileFormat>> = {
  "application/pdf": "pdf",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
};

const binaryExtensions = new Set([".pdf", ".docx", ".xlsx"]);

const supported = "txt, md, html, csv, json, pdf, docx and xlsx are supported";

/** Says what a file is: by its first bytes where a format has a signature, by the key's extension and
 *  then by the declared type where it has none. */
export async function detectFormat(
  path: string,
  key: string,
  contentType: string,
): Promise<FileFormat> {
  const extension = extname(key).toLowerCase();
  const textFormat = textFormats[extension] ?? textTypes[mediaType(contentType)];
  // A blob of the file, because `fileTypeFromFile` loads a package at run time, which no bundle has.
  const signature = await fileTypeFromBlob(await openAsBlob(path));

  const binaryFormat = signature && binaryTypes[signature.mime];
  if (binaryFormat !== undefined) return binaryFormat;
  if (signature?.mime === "application/x-cfb") {
    throw new FileFault(
      "is encrypted or in an old Office format; only plain docx and xlsx are read",
    );
  }
  if (binaryExtensions.has(extension)) {
    const content = signature === undefined ? "something else" : `${signature.ext} data`;
    throw new FileFault(`is named ${extension} but contains ${content}`);
  }
  // Text has no signature: two letters at its start may look like one (BM is a bitmap's).
  if (textFormat !== undefined && (signature === undefined || !isSureBinary(signature.mime))) {
    return textFormat;
  }
  const type = signature?.mime ?? (contentType === "" ? "of an unknown type" : contentType);
  throw new FileFault(`has an unsupported type (${type}); ${supported}`);
}

function isSureBinary(mime: string): boolean {
  return /^(image\/(png|jpeg|gif|webp)|video\/|application\/(zip|gzip|x-7z|x-elf|x-rar))/.test(
    mime,
  );
}

function mediaType(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}
