/** One form for what looks and reads the same (half-width ｶﾅ, full-width ＡＢＣ, the look-alike
 *  radicals that PDF fonts give), without what PostgreSQL cannot store. The SQL search does the same
 *  to the query. */
export function normaliseText(text: string): string {
  return storable(text).normalize("NFKC");
}

/** Without the zero characters and halves of surrogate pairs that PostgreSQL takes neither in text nor
 *  in JSON. */
export function storable(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD").replaceAll("\u0000", "");
}

const eastAsian = /[々〆ぁ-ヿ㐀-鿿豈-﫿가-힯]{2,}/g;

/** Every pair of neighbouring Chinese, Japanese or Korean characters, once: "東京都" is 東京 and 京都.
 *  The class of characters is that of search_documents. */
export function characterPairs(...texts: string[]): string[] {
  const pairs = new Set<string>();
  for (const text of texts) {
    for (const [run] of text.matchAll(eastAsian)) {
      for (let at = 0; at < run.length - 1; at += 1) pairs.add(run.slice(at, at + 2));
    }
  }
  return [...pairs];
}
