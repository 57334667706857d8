interface Tally {
  /** Kana, punctuation and the kanji of level 1, which make up nearly all of a Japanese text. */
  usual: number;
  /** Other characters of two bytes; at random bytes (or Western letters) these prevail. */
  unusual: number;
  /** Characters of two bytes next to another one: Japanese has few that stand alone. */
  inRuns: number;
}

/** Recognises Japanese in Shift_JIS or EUC-JP by its bytes; undefined when it looks like neither.
 *  EUC-JP is tried first: its bytes may be valid half-width Shift_JIS, rarely the other way round. */
export function japaneseCharset(bytes: Uint8Array): "euc-jp" | "shift_jis" | undefined {
  if (isJapanese(tallyEucJp(bytes))) return "euc-jp";
  if (isJapanese(tallyShiftJis(bytes))) return "shift_jis";
  return undefined;
}

function isJapanese(tally: Tally | undefined): boolean {
  if (tally === undefined) return false;
  const all = tally.usual + tally.unusual;
  return all > 0 && tally.usual >= all * 0.7 && tally.inRuns >= all * 0.5;
}

const within = (byte: number, from: number, to: number) => byte >= from && byte <= to;

/** Undefined when the bytes break the rules of the character set. */
function tallyEucJp(bytes: Uint8Array): Tally | undefined {
  return tallyPairs(bytes, (first, second) => {
    if (first === 0x8e) return within(second, 0xa1, 0xdf) ? "half-width" : "invalid";
    if (first === 0x8f) return within(second, 0xa1, 0xfe) ? "unusual" : "invalid";
    if (!within(first, 0xa1, 0xfe) || !within(second, 0xa1, 0xfe)) return "invalid";
    // Rows 1–5 are punctuation, letters and kana, rows 16–47 kanji of level 1.
    return within(first, 0xa1, 0xa5) || within(first, 0xb0, 0xcf) ? "usual" : "unusual";
  });
}

function tallyShiftJis(bytes: Uint8Array): Tally | undefined {
  return tallyPairs(bytes, (first, second) => {
    if (within(first, 0xa1, 0xdf)) return "single";
    const isLead = within(first, 0x81, 0x9f) || within(first, 0xe0, 0xfc);
    if (!isLead || !within(second, 0x40, 0xfc) || second === 0x7f) return "invalid";
    return within(first, 0x81, 0x83) || within(first, 0x88, 0x98) ? "usual" : "unusual";
  });
}

type Judgement = "invalid" | "single" | "half-width" | "usual" | "unusual";

function tallyPairs(
  bytes: Uint8Array,
  judge: (first: number, second: number) => Judgement,
): Tally | undefined {
  const tally = { usual: 0, unusual: 0, inRuns: 0 };
  let run = 0;
  const endRun = () => {
    if (run > 1) tally.inRuns += run;
    run = 0;
  };
  for (let at = 0; at < bytes.length; at += 1) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      endRun();
      continue;
    }
    // A text may have been cut in the middle of its last character.
    if (at + 1 === bytes.length) break;
    const judgement = judge(first, bytes[at + 1] ?? 0);
    if (judgement === "invalid") return undefined;
    if (judgement === "single") {
      endRun();
      continue;
    }
    at += 1;
    if (judgement === "half-width") continue;
    tally[judgement] += 1;
    run += 1;
  }
  endRun();
  return tally;
}
