import { buffer } from "node:stream/consumers";
import { CFB } from "@e965/xlsx";
import { ZipFile } from "yazl";
import type { BusinessDocument } from "./business-document";
import { asPdf } from "./pdf-formats";
import type { RehearsalFile } from "./rehearsal-file";
import { asJson } from "./text-formats";

const mebibyte = 1024 * 1024;

/** One file for each reason why a file cannot be indexed. */
export async function badFiles(
  documents: Record<"broken" | "encrypted", BusinessDocument>,
): Promise<RehearsalFile[]> {
  const { broken, encrypted } = documents;
  const wholePdf = await asPdf(broken);
  return [
    bad(
      "議事録/古い文書.doc",
      "application/msword",
      encryptedWorkbook(),
      "is an Office file with a password",
    ),
    bad(
      "contracts/2026/cut off.pdf",
      "application/pdf",
      wholePdf.subarray(0, 300),
      "is a broken pdf",
    ),
    bad("営業部/見積 書/爆弾.docx", docxType, await zipBomb(), "is a zip bomb"),
    bad(
      "総務/規程・手順/パスワード付き.pdf",
      "application/pdf",
      await asPdf(encrypted, { password: "rehearsal" }),
      "is an encrypted pdf",
    ),
    bad("製造/検査成績表/写真 1.png", "image/png", onePixel, "is a picture (image/png)"),
    bad(
      "quality/test reports/raw measurements.txt",
      "text/plain",
      Buffer.alloc(100 * mebibyte + 1, "0"),
      "the object is over the limit",
    ),
    bad(
      "sales/quotes & offers/no offer.pptx",
      "application/vnd.openxmlformats-officedocument.presentationml.presentation",
      Buffer.from(asJson(broken)),
      "is named .pptx but contains something else",
    ),
    bad("policies/protected.xlsx", xlsxType, encryptedWorkbook(), "with a password"),
  ];
}

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const onePixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

function bad(key: string, contentType: string, body: Buffer, reason: string): RehearsalFile {
  return { key, body, contentType, expect: { deadLetterReason: reason }, contains: "" };
}

/** The library has no types for this part. */
interface CompoundFiles {
  utils: {
    cfb_new: () => object;
    cfb_add: (container: object, name: string, content: Buffer) => void;
  };
  write: (container: object, options: { type: "buffer" }) => Buffer;
}

/** Office stores a workbook with a password in a compound file with these two streams. */
function encryptedWorkbook(): Buffer {
  const { utils, write } = CFB as CompoundFiles;
  const container = utils.cfb_new();
  utils.cfb_add(container, "EncryptionInfo", Buffer.from([4, 0, 4, 0, 0x40, 0, 0, 0]));
  utils.cfb_add(container, "EncryptedPackage", Buffer.alloc(4096, 0xa5));
  return write(container, { type: "buffer" });
}

/** A file of a few kilobytes that looks like a docx and expands to a thousand times its size. */
async function zipBomb(): Promise<Buffer> {
  const zip = new ZipFile();
  const options = { mtime: new Date("2026-04-01T00:00:00Z"), compressionLevel: 9 };
  const type = `${docxType}.main+xml`;
  zip.addBuffer(
    Buffer.from(
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="${type}"/></Types>`,
    ),
    "[Content_Types].xml",
    options,
  );
  zip.addBuffer(Buffer.alloc(48 * mebibyte, " "), "word/document.xml", options);
  zip.end();
  return buffer(zip.outputStream as NodeJS.ReadableStream & AsyncIterable<Buffer>);
}
