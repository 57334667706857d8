interface Tally {
  /** Kana, punctuation and the kanji of level 1, which make up nearly all of a Japanese text. */
  usual: number;
  /** Other characters of two bytes; at random bytes (or Western letters) these prevail. */
  unusual: number;
  /** Characters next to another one: Japanese has few that stand alone. */
  inRuns: number;
  /** Bytes that break the rules of the character set. */
  damaged: { at: number; length: number; isImpossible: boolean }[];
  /** Half-width katakana next to another one, and how many of them are among the first fifteen (ｱ to ｿ). */
  katakana: number;
  earlyKatakana: number;
}

/** Damaged text is recognised as long as all but this share is sound, or all but one character. */
const maxDamagedShare = 0.05;

export type JapaneseCharset = "euc-jp" | "shift_jis";

/** Recognises Japanese in Shift_JIS or EUC-JP by its bytes; undefined when it looks like neither.
 *  EUC-JP is tried first: its bytes may be valid half-width Shift_JIS, rarely the other way round. */
export function japaneseCharset(bytes: Uint8Array): JapaneseCharset | undefined {
  const found = (["euc-jp", "shift_jis"] as const)
    .map((charset) => ({ charset, tally: tallyPairs(bytes, judges[charset]) }))
    .filter(({ tally }) => isJapanese(tally));
  const sound = found.find(({ tally }) => tally.damaged.length === 0);
  return (
    sound ?? found.sort((one, other) => unusualShare(one.tally) - unusualShare(other.tally))[0]
  )?.charset;
}

/** Puts a zero byte, which no text has, in the place of damaged ones. Otherwise a decoder may take the second byte of a
 *  damaged character for the first one of the next, and so on to the end of the line. */
export function withoutDamage(bytes: Uint8Array, charset: JapaneseCharset): Uint8Array {
  const repaired = Uint8Array.from(bytes);
  for (const { at, length } of tallyPairs(bytes, judges[charset]).damaged) {
    repaired.fill(0, at, at + length);
  }
  return repaired;
}

function isJapanese(tally: Tally): boolean {
  const { usual, unusual, inRuns, damaged, katakana } = tally;
  const all = usual + unusual;
  const isSoundEnough =
    damaged.length <= (all + katakana) * maxDamagedShare ||
    // Half a character may be a Western letter before a blank. A byte that the character set does not have is none.
    (damaged.length === 1 && damaged[0]?.isImpossible === true && all + katakana >= 4);
  if (!isSoundEnough) return false;
  if (katakana > all) return isKatakana(tally);
  return all > 0 && usual >= all * 0.7 && inRuns >= all * 0.5;
}

const unusualShare = ({ usual, unusual, damaged }: Tally): number =>
  (unusual + damaged.length) / (usual + unusual + damaged.length);

/** Capitals of Greek and Cyrillic have bytes of half-width katakana, but none of ｱ to ｿ. Thai has many pairs that are
 *  unusual in Japanese, and small katakana in a row. */
function isKatakana({ unusual, katakana, earlyKatakana }: Tally): boolean {
  return earlyKatakana >= katakana * 0.1 && unusual <= katakana * 0.1;
}

/** Neither Shift_JIS nor EUC-JP has these bytes. */
const isInNoCharset = (byte: number): boolean => byte === 0xff || byte === 0x80 || byte === 0xa0;

const within = (byte: number, from: number, to: number) => byte >= from && byte <= to;

const judges: Record<JapaneseCharset, Judge> = {
  "euc-jp": (first, second) => {
    if (first === 0x8e) return within(second, 0xa1, 0xdf) ? "usual" : "invalid";
    if (first === 0x8f) return within(second, 0xa1, 0xfe) ? "unusual" : "invalid";
    if (!within(first, 0xa1, 0xfe) || !within(second, 0xa1, 0xfe)) return "invalid";
    // Rows 1–5 are punctuation, letters and kana, rows 16–47 kanji of level 1.
    return within(first, 0xa1, 0xa5) || within(first, 0xb0, 0xcf) ? "usual" : "unusual";
  },
  shift_jis: (first, second) => {
    if (within(first, 0xa1, 0xdf)) return "single";
    const isLead = within(first, 0x81, 0x9f) || within(first, 0xe0, 0xfc);
    if (!isLead || !within(second, 0x40, 0xfc) || second === 0x7f) return "invalid";
    return within(first, 0x81, 0x83) || within(first, 0x88, 0x98) ? "usual" : "unusual";
  },
};

type Judgement = "invalid" | "single" | "usual" | "unusual";
type Judge = (first: number, second: number) => Judgement;

function tallyPairs(bytes: Uint8Array, judge: Judge): Tally {
  const tally: Tally = {
    ...{ usual: 0, unusual: 0, inRuns: 0, damaged: [] },
    ...{ katakana: 0, earlyKatakana: 0 },
  };
  let singles: number[] = [];
  let run = 0;
  const endRuns = () => {
    if (run > 1) tally.inRuns += run;
    run = 0;
    if (singles.length > 1) {
      tally.katakana += singles.length;
      tally.earlyKatakana += singles.filter((byte) => within(byte, 0xb1, 0xbf)).length;
      tally.unusual += smallInARow(singles);
    }
    singles = [];
  };
  for (let at = 0; at < bytes.length; at += 1) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      endRuns();
      continue;
    }
    // A text may have been cut in the middle of its last character.
    if (at + 1 === bytes.length && judge(first, 0xa1) !== "single") break;
    const judgement = judge(first, bytes[at + 1] ?? 0);
    if (judgement === "single") {
      if (run > 0) endRuns();
      singles.push(first);
      continue;
    }
    if (singles.length > 0) endRuns();
    if (judgement === "invalid") {
      endRuns();
      const length = damagedLength(bytes, at, judge);
      const isImpossible = [first, bytes[at + 1] ?? 0].slice(0, length).some(isInNoCharset);
      tally.damaged.push({ at, length, isImpossible });
      at += length - 1;
      continue;
    }
    at += 1;
    tally[judgement] += 1;
    run += 1;
  }
  endRuns();
  return tally;
}

/** ｧ to ｮ stand after a large one. */
const smallInARow = (singles: readonly number[]): number =>
  singles.filter((byte, at) => within(byte, 0xa7, 0xae) && within(singles[at - 1] ?? 0, 0xa7, 0xae))
    .length;

/** Whether the damaged character has one byte here or two: after the right one, usual characters follow. */
function damagedLength(bytes: Uint8Array, at: number, judge: Judge): number {
  if ((bytes[at + 1] ?? 0) < 0x80) return 1;
  const soundness = (from: number) => {
    let sum = 0;
    for (let next = from; next < Math.min(from + 12, bytes.length - 1); next += 2) {
      const first = bytes[next] ?? 0;
      if (first < 0x80) break;
      const judgement = judge(first, bytes[next + 1] ?? 0);
      sum += judgement === "usual" ? 1 : judgement === "unusual" ? -1 : -2;
      if (judgement === "invalid") break;
    }
    return sum;
  };
  return soundness(at + 2) >= soundness(at + 1) ? 2 : 1;
}
