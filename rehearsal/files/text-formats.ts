import { convert, type Encoding } from "encoding-japanese";
import { type BusinessDocument, tableRows } from "./business-document";

export function asText(document: BusinessDocument): string {
  const { title, author, date, phrase, paragraphs } = document;
  return [title, `${author} ${date}`, phrase, ...paragraphs, ""].join("\r\n\r\n");
}

export function asMarkdown(document: BusinessDocument): string {
  const { title, author, date, phrase, paragraphs, headings, columns } = document;
  const table = [columns, columns.map(() => "---"), ...tableRows(document)];
  return [
    `# ${title}`,
    `*${author}, ${date}*`,
    `## ${headings.summary}`,
    phrase,
    ...paragraphs,
    `## ${headings.figures}`,
    table.map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
    "",
  ].join("\n\n");
}

export function asHtml(document: BusinessDocument, charset: string): string {
  const { language, title, author, phrase, paragraphs, headings, columns } = document;
  const cells = (row: readonly string[], tag: string) =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="${charset}"><title>${escapeHtml(title)}</title>
<meta name="author" content="${escapeHtml(author)}">
<style>body { font-family: sans-serif }</style><script>console.log("not text")</script></head>
<body><h1>${escapeHtml(title)}</h1>
<h2>${headings.details}</h2><p><b>${escapeHtml(phrase)}</b></p>
${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n")}
<table>${cells(columns, "th")}${tableRows(document)
    .map((row) => cells(row, "td"))
    .join("")}</table>
</body></html>
`;
}

export function asCsv(document: BusinessDocument): string {
  const rows = [document.columns, ...tableRows(document), [document.phrase, "1", "0", 'a, "b"']];
  return rows
    .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(","))
    .join("\r\n");
}

export function asJson(document: BusinessDocument): string {
  const { title, author, date, phrase, paragraphs, rows } = document;
  const json = JSON.stringify({ title, author, date, subject: phrase, paragraphs, rows }, null, 2);
  // Many programs escape non-ASCII letters in JSON, so half of the files have them escaped.
  return document.rows.length % 2 === 0
    ? json
    : json.replace(
        /[\u0080-\uffff]/g,
        (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
}

export type TextEncoding =
  "utf-8" | "utf-16le" | "utf-16be" | "shift_jis" | "euc-jp" | "iso-2022-jp";

const japaneseEncodings: Readonly<Record<string, Encoding>> = {
  shift_jis: "SJIS",
  "euc-jp": "EUCJP",
  "iso-2022-jp": "JIS",
};

export function encode(text: string, encoding: TextEncoding): Buffer {
  const japanese = japaneseEncodings[encoding];
  if (japanese !== undefined) {
    return Buffer.from(
      convert(Buffer.from(text, "utf16le").swap16(), {
        from: "UTF16BE",
        to: japanese,
        type: "array",
      }),
    );
  }
  if (encoding === "utf-8") return Buffer.from(text, "utf8");
  const littleEndian = Buffer.from(`\ufeff${text}`, "utf16le");
  return encoding === "utf-16le" ? littleEndian : littleEndian.swap16();
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
