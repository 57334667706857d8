import type { Random } from "./random";
import { english, japanese, type Vocabulary } from "./vocabulary";

/** The content of a file, independent of its format. */
export interface BusinessDocument {
  language: Vocabulary["language"];
  title: string;
  author: string;
  date: string;
  /** On a separate line in every format, and in no other document. */
  phrase: string;
  headings: Vocabulary["headings"];
  paragraphs: string[];
  columns: readonly string[];
  rows: { item: string; quantity: number; unitPrice: number; place: string }[];
  /** Folder and name without extension. */
  path: string;
}

export function businessDocument(
  random: Random,
  number: number,
  language: Vocabulary["language"],
): BusinessDocument {
  const words = language === "ja" ? japanese : english;
  const company = random.pick(words.companies);
  const topic = random.pick(words.topics);
  const month = String(random.between(1, 12)).padStart(2, "0");
  const day = String(random.between(1, 28)).padStart(2, "0");
  const serial = String(number).padStart(4, "0");
  const title = language === "ja" ? `${topic} ${company}` : `${company}: ${topic}`;
  return {
    language,
    title,
    author: random.pick(words.people),
    date: `2026-${month}-${day}`,
    phrase:
      language === "ja" ? `整理番号第${serial}号${topic}案件` : `case QF-${serial} (${topic})`,
    headings: words.headings,
    paragraphs: Array.from({ length: random.between(3, 9) }, () => paragraph(random, words)),
    columns: words.columns,
    rows: Array.from({ length: random.between(4, 30) }, () => ({
      item: random.pick(words.items),
      quantity: random.between(1, 400),
      unitPrice: random.between(80, 240_000),
      place: random.pick(words.places),
    })),
    path: `${random.pick(words.folders)}/${serial} ${topic}`,
  };
}

function paragraph(random: Random, words: Vocabulary): string {
  const sentences = Array.from({ length: random.between(2, 6) }, () =>
    random.pick(words.sentences)({
      company: random.pick(words.companies),
      person: random.pick(words.people),
      topic: random.pick(words.topics),
      place: random.pick(words.places),
    }),
  );
  return sentences.join(words.language === "ja" ? "" : " ");
}

export function tableRows(document: BusinessDocument): string[][] {
  return document.rows.map(({ item, quantity, unitPrice, place }) => [
    item,
    String(quantity),
    String(unitPrice),
    place,
  ]);
}
