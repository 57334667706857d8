import { expect } from "chai";
import { businessDocument } from "../../../rehearsal/files/business-document";
import { asDocx, asXlsx } from "../../../rehearsal/files/office-formats";
import { asPdf, asPdfWithoutFont } from "../../../rehearsal/files/pdf-formats";
import { Random } from "../../../rehearsal/files/random";
import { asCsv, asHtml, asJson, asMarkdown } from "../../../rehearsal/files/text-formats";
import { normaliseText } from "../../../worker/index-store/normalise";
import { extractContent } from "./file-on-disk";

const japanese = businessDocument(new Random(1), 7, "ja");
const english = businessDocument(new Random(2), 8, "en");

describe("extract", () => {
  for (const document of [japanese, english]) {
    describe(`of a document in "${document.language}"`, () => {
      const files: [string, () => Buffer | string | Promise<Buffer>, object][] = [
        ["a.md", () => asMarkdown(document), { format: "markdown", charset: "utf-8" }],
        ["a.html", () => asHtml(document, "utf-8"), { format: "html", author: document.author }],
        ["a.csv", () => asCsv(document), { format: "csv" }],
        ["a.json", () => asJson(document), { format: "json" }],
        ["a.pdf", () => asPdf(document), { format: "pdf", author: document.author, pages: 1 }],
        ["a.docx", () => asDocx(document), { format: "docx", author: document.author }],
        ["a.xlsx", () => asXlsx(document), { format: "xlsx", author: document.author, sheets: 2 }],
      ];
      for (const [key, write, properties] of files) {
        it(`reads text, title and properties of ${key}`, async () => {
          const found = await extractContent(key, await write());
          expect(normaliseText(found.text)).to.include(document.phrase);
          expect(found).to.deep.include(properties);
          expect(found.language).to.equal(
            key === "a.xlsx" || key === "a.csv" ? found.language : document.language,
          );
          if (key !== "a.csv") expect(found.title).to.equal(document.title);
        });
      }
    });
  }

  it("reads a pdf whose Japanese font is not embedded", async () => {
    const found = await extractContent("old.pdf", asPdfWithoutFont(japanese));
    const text = normaliseText(found.text).replaceAll("\n", "");
    for (const part of [japanese.phrase, ...japanese.paragraphs]) {
      expect(text).to.include(normaliseText(part));
    }
  });

  it("joins the lines of a pdf that end inside a Japanese word", async () => {
    const paragraphs = [`${"あ".repeat(42)}業務委託契約の締結`];
    const found = await extractContent("a.pdf", asPdfWithoutFont({ ...japanese, paragraphs }));
    expect(found.text).to.include("業務委託契約の締結");
  });

  it("leaves scripts and styles of a page out and keeps words apart that lie in blocks", async () => {
    const html =
      "<title>A &amp; B</title><style>p{}</style><script>evil()</script><p>one</p><p>t<b>w</b>o</p>";
    const { text, title } = await extractContent("a.html", html);
    expect({ text, title }).to.deep.equal({ text: "one\ntwo", title: "A & B" });
  });

  it("reads a heading of many blanks quickly", async () => {
    // A search that starts again at each blank would take an hour.
    const content = `# a${" ".repeat(1_900_000)}b ##\n# second`;
    const { title } = await extractContent("a.md", content);
    expect(title).to.match(/^a +$/);
    expect((await extractContent("a.md", "text\n# Heading ##\n")).title).to.equal("Heading");
  });

  it("reads the cells of a csv whatever separates and quotes them", async () => {
    const cells = "name\tcity\nKöhler\tLeeds";
    expect((await extractContent("a.csv", 'name;city\n"Köhler";Leeds')).text).to.equal(cells);
    expect((await extractContent("a.tsv", "name\tcity\nKöhler\tLeeds")).text).to.equal(cells);
    expect((await extractContent("a.csv", 'a,b\n"say ""x""",2')).text).to.include('say "x"');
  });

  it("reads the escaped letters of json", async () => {
    const { text } = await extractContent("a.json", '{"a":{"b":["\\u5951\\u7d04", 1, null]}}');
    expect(text).to.equal("a\nb: 契約\nb: 1\nb: null");
  });

  it("reads json that is nested deeper than the stack", async () => {
    const depth = 5000;
    const { text } = await extractContent(
      "a.json",
      `${"[".repeat(depth)}"deep"${"]".repeat(depth)}`,
    );
    expect(text).to.equal("deep");
  });

  it("decides by the content where it has a signature, whatever the name says", async () => {
    const found = await extractContent("really a pdf.txt", await asPdf(english));
    expect(found.format).to.equal("pdf");
  });

  it("decides by the declared type where the name says nothing", async () => {
    const found = await extractContent("README", "plain", { contentType: "text/plain" });
    expect(found.format).to.equal("text");
  });

  it("keeps the beginning of a text over the limit, and says so", async () => {
    const limits = { maxTextCharacters: 100 };
    const found = await extractContent("a.txt", "あ".repeat(5000), { limits });
    expect(found.text).to.equal("あ".repeat(100));
    expect(found.truncated).to.equal(true);
    const cut = await extractContent("a.json", JSON.stringify(["x".repeat(5000)]), { limits });
    expect(cut.truncated).to.equal(true);
    expect((await extractContent("a.txt", "short", { limits })).truncated).to.equal(undefined);
  });
});
