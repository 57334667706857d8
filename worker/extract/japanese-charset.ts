interface Tally {
  /** Kana, punctuation and the kanji of level 1, which make up nearly all of a Japanese text. */
  usual: number;
  /** Other characters of two bytes; at random bytes (or Western letters) these prevail. */
  unusual: number;
  /** Characters next to another one: Japanese has few that stand alone. */
  inRuns: number;
  /** Bytes that break the rules of the character set. */
  damaged: number;
  /** Half-width katakana next to another one, and how many of them are among the first fifteen (ｱ to ｿ). */
  katakana: number;
  earlyKatakana: number;
}

/** Damaged text is recognised as long as all but this share is sound. */
const maxDamagedShare = 0.05;

/** Recognises Japanese in Shift_JIS or EUC-JP by its bytes; undefined when it looks like neither.
 *  EUC-JP is tried first: its bytes may be valid half-width Shift_JIS, rarely the other way round. */
export function japaneseCharset(bytes: Uint8Array): "euc-jp" | "shift_jis" | undefined {
  if (isJapanese(tallyEucJp(bytes))) return "euc-jp";
  if (isJapanese(tallyShiftJis(bytes))) return "shift_jis";
  return undefined;
}

function isJapanese(tally: Tally): boolean {
  const { usual, unusual, inRuns, damaged, katakana } = tally;
  const all = usual + unusual;
  if (damaged > (all + katakana) * maxDamagedShare) return false;
  if (katakana > all) return isKatakana(tally);
  return all > 0 && usual >= all * 0.7 && inRuns >= all * 0.5;
}

/** Capitals of Greek and Cyrillic have bytes of half-width katakana, but none of ｱ to ｿ. Thai has many pairs that are
 *  unusual in Japanese. */
function isKatakana({ unusual, katakana, earlyKatakana }: Tally): boolean {
  return earlyKatakana >= katakana * 0.1 && unusual <= katakana * 0.1;
}

const within = (byte: number, from: number, to: number) => byte >= from && byte <= to;

function tallyEucJp(bytes: Uint8Array): Tally {
  return tallyPairs(bytes, (first, second) => {
    if (first === 0x8e) return within(second, 0xa1, 0xdf) ? "half-width" : "invalid";
    if (first === 0x8f) return within(second, 0xa1, 0xfe) ? "unusual" : "invalid";
    if (!within(first, 0xa1, 0xfe) || !within(second, 0xa1, 0xfe)) return "invalid";
    // Rows 1–5 are punctuation, letters and kana, rows 16–47 kanji of level 1.
    return within(first, 0xa1, 0xa5) || within(first, 0xb0, 0xcf) ? "usual" : "unusual";
  });
}

function tallyShiftJis(bytes: Uint8Array): Tally {
  return tallyPairs(bytes, (first, second) => {
    if (within(first, 0xa1, 0xdf)) return "single";
    const isLead = within(first, 0x81, 0x9f) || within(first, 0xe0, 0xfc);
    if (!isLead || !within(second, 0x40, 0xfc) || second === 0x7f) return "invalid";
    return within(first, 0x81, 0x83) || within(first, 0x88, 0x98) ? "usual" : "unusual";
  });
}

type Judgement = "invalid" | "single" | "half-width" | "usual" | "unusual";

function tallyPairs(bytes: Uint8Array, judge: (first: number, second: number) => Judgement): Tally {
  const tally = {
    ...{ usual: 0, unusual: 0, inRuns: 0, damaged: 0 },
    ...{ katakana: 0, earlyKatakana: 0 },
  };
  let singles: number[] = [];
  const endSingles = () => {
    if (singles.length > 1) {
      tally.katakana += singles.length;
      tally.earlyKatakana += singles.filter((byte) => within(byte, 0xb1, 0xbf)).length;
    }
    singles = [];
  };
  let run = 0;
  const endRun = () => {
    if (run > 1) tally.inRuns += run;
    run = 0;
  };
  for (let at = 0; at < bytes.length; at += 1) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      endRun();
      endSingles();
      continue;
    }
    // A text may have been cut in the middle of its last character.
    if (at + 1 === bytes.length) break;
    const judgement = judge(first, bytes[at + 1] ?? 0);
    if (judgement === "invalid") {
      tally.damaged += 1;
      endRun();
      endSingles();
      continue;
    }
    if (judgement === "single") {
      endRun();
      singles.push(first);
      continue;
    }
    endSingles();
    at += 1;
    if (judgement === "half-width") continue;
    tally[judgement] += 1;
    run += 1;
  }
  endRun();
  endSingles();
  return tally;
}
