import { analyse } from "chardet";
import { FileFault } from "./file-fault";
import { japaneseCharset, withoutDamage } from "./japanese-charset";
import { likelierCharset } from "./western-charset";

export interface DecodedText {
  text: string;
  /** A name as the Encoding Standard has it. */
  charset: string;
  /** Damaged characters, for example. */
  doubts?: string[];
}

/** Decodes text of an unknown character set. In order of certainty: a byte order mark, UTF-8 (also with a few
 *  damaged characters), what the file or its sender declares, and last what the bytes look like. */
export function decodeText(bytes: Uint8Array, declared?: string): DecodedText {
  const charset = byteOrderMark(bytes) ?? unmarkedUtf16(bytes);
  if (charset !== undefined) return decodeAs(charset, bytes);
  if (isSevenBitJapanese(bytes)) return withDoubts(decodeAs("iso-2022-jp", bytes));
  if (bytes.includes(0)) throw new FileFault("contains binary data where text is expected");
  const utf8 = tryDecode("utf-8", bytes);
  if (utf8 !== undefined && !endsInLetter(bytes, utf8.text)) return utf8;
  const sound = soundInDamagedUtf8(bytes);
  const asDamaged = () => withDoubts(decodeAs("utf-8", bytes));
  // Before the declaration: ISO-8859-1, for example, takes any bytes.
  if (sound >= 10) return asDamaged();
  const asDeclared = declared === undefined ? undefined : tryDecode(declared, bytes);
  if (asDeclared !== undefined && isPlausible(asDeclared)) return asDeclared;
  if (sound >= 3) return asDamaged();
  const { name, isUnsure } = likelyCharset(bytes);
  const decoded = tryDecode(name, bytes) ?? withDoubts(decodeDamaged(name, bytes));
  const likelier = likelierCharset(decoded.text, decoded.charset, bytes);
  if (likelier !== undefined) return unsure(decodeAs(likelier, bytes));
  return isUnsure ? unsure(decoded) : decoded;
}

const unsure = ({ doubts = [], ...decoded }: DecodedText): DecodedText => ({
  ...decoded,
  doubts: [...doubts, `the character set is not known, read as ${decoded.charset}`],
});

/** ASCII with a letter of another character set at its end looks like UTF-8 that was cut there: "café". */
const endsInLetter = (bytes: Uint8Array, text: string): boolean =>
  (bytes.at(-1) ?? 0) > 0x7f && /^[\x00-\x7f]*$/.test(text);

/** Nearly any two bytes are a character of UTF-16, so a page in another character set may be declared as such. */
const isPlausible = ({ charset, text }: DecodedText): boolean =>
  !charset.startsWith("utf-16") || usualShare(text) >= 0.95;

/** Of damaged text, all but this share must be sound, or all but one character. */
const maxDamagedShare = 0.05;

/** How many characters longer than ASCII are sound, if there are so few damaged ones that it is UTF-8. Other character
 *  sets nearly never make up such characters by chance, and never ten. */
function soundInDamagedUtf8(bytes: Uint8Array): number {
  const { text } = decodeAs("utf-8", bytes);
  const damaged = text.match(/\ufffd+/g)?.length ?? 0;
  const sound = text.match(/[^\x00-\x7f\ufffd]/g)?.length ?? 0;
  return damaged <= Math.max(1, sound * maxDamagedShare) ? sound : 0;
}

function decodeDamaged(charset: string, bytes: Uint8Array): DecodedText {
  if (charset !== "euc-jp" && charset !== "shift_jis") return decodeAs(charset, bytes);
  const { text, ...decoded } = decodeAs(charset, withoutDamage(bytes, charset));
  return { ...decoded, text: text.replace(/\0+/g, "\ufffd") };
}

function withDoubts(decoded: DecodedText): DecodedText {
  const damaged = decoded.text.match(/\ufffd+/g)?.length ?? 0;
  if (damaged === 0) return decoded;
  const places = damaged === 1 ? "1 place is" : `${damaged} places are`;
  return {
    ...decoded,
    text: decoded.text.replace(/\ufffd+/g, "\ufffd"),
    doubts: [`${places} damaged, read as ${decoded.charset}`],
  };
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

/** ISO-2022-JP is made of ASCII bytes and announces itself by an escape sequence. A few other bytes are damage. */
function isSevenBitJapanese(bytes: Uint8Array): boolean {
  if (!bytes.includes(0x1b)) return false;
  const others = bytes.reduce((count, byte) => (byte > 0x7f ? count + 1 : count), 0);
  if (others > Math.max(1, bytes.length * maxDamagedShare)) return false;
  const isAnnounced = /\x1b(\$[@B]|\([JI])/.test(Buffer.from(bytes).toString("latin1"));
  return isAnnounced && (others === 0 || tryDecode("utf-8", bytes) === undefined);
}

/** Text in UTF-16 has zero bytes, of its line ends, spaces and digits. Read with the bytes in the wrong
 *  order these become characters that no text has. */
function unmarkedUtf16(bytes: Uint8Array): string | undefined {
  if (bytes.length % 2 === 1 || !bytes.includes(0)) return undefined;
  const sample = bytes.subarray(0, 64 * 1024);
  if (isUtf8WithStrayZeros(sample)) return undefined;
  const readings = ["utf-16le", "utf-16be"]
    .map((charset) => decodeAs(charset, sample))
    .filter(({ text }) => !unusualEndingInZero(text))
    .sort((a, b) => usualShare(b.text) - usualShare(a.text));
  return readings[0]?.charset;
}

/** Two ASCII letters are a Chinese character in UTF-16, so a log with one zero byte in it would be read as
 *  such. UTF-16 itself is valid UTF-8 in the shortest texts only, and those have more zeros. */
function isUtf8WithStrayZeros(sample: Uint8Array): boolean {
  const zeros = sample.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  return zeros * 10 < sample.length && tryDecode("utf-8", sample) !== undefined;
}

/** Of the characters whose lower byte is zero, texts have only a few. */
function unusualEndingInZero(text: string): boolean {
  for (const character of text) {
    const lower = (character.codePointAt(0) ?? 0) & 0xff;
    if (lower === 0 && !"\u3000一儀最退".includes(character)) return true;
  }
  return false;
}

/** Share of ASCII, Japanese and Chinese characters. */
function usualShare(text: string): number {
  const usual = text.match(/[\t\n\r -~\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]/g);
  return (usual?.length ?? 0) / text.length;
}

/** Chinese and Korean that a detector is as sure of, if the text has no kana. */
const sureConfidence = 90;
const otherAsian = ["Big5", "GB18030", "EUC-KR"];

/** Below this, a detector has found the letters of a language, but hardly any of its frequent words. */
const unsureConfidence = 25;

/** The Japanese sets first, which a detector for all the world's takes for each other in short texts. */
function likelyCharset(bytes: Uint8Array): { name: string; isUnsure: boolean } {
  const sample = bytes.subarray(0, 64 * 1024);
  const known = utf16OfKana(sample) ?? japaneseCharset(sample);
  if (known !== undefined && kanaShare(decodeAs(known, sample).text) > 0.02) {
    return { name: known, isUnsure: false };
  }
  const ranked = analyse(sample);
  const [first] = ranked;
  if (known === "euc-jp" && !isNotJapanese(sample)) return { name: known, isUnsure: false };
  if (
    first !== undefined &&
    first.confidence >= sureConfidence &&
    otherAsian.includes(first.name)
  ) {
    return { name: first.name, isUnsure: false };
  }
  if (known !== undefined) return { name: known, isUnsure: false };
  const { name, confidence } = ranked.find(
    // It is no UTF-8, or that would have been seen before.
    (one) => one.name !== "UTF-8" && tryDecode(one.name, sample) !== undefined,
  ) ?? {
    name: "windows-1252",
    confidence: 0,
  };
  return { name, isUnsure: confidence < unsureConfidence };
}

/** Of Japanese without kana, a tenth at most are kanji of level 2, and a tenth at least those of its second half. Chinese
 *  has more of the first, and the letters of Korean end before the second. A few words show neither. */
function isNotJapanese(eucJp: Uint8Array): boolean {
  let pairs = 0;
  let level2 = 0;
  let late = 0;
  for (let at = 0; at < eucJp.length; at += 1) {
    const lead = eucJp[at] ?? 0;
    if (lead < 0x80) continue;
    at += 1;
    pairs += 1;
    if (lead >= 0xd0) level2 += 1;
    else if (lead >= 0xc9) late += 1;
  }
  return pairs >= 24 && (level2 > pairs * 0.1 || late + level2 < pairs * 0.05);
}

/** Japanese in UTF-16 without a blank or a line end has no zero bytes, but many kana, whose upper byte is that of "0". */
function utf16OfKana(sample: Uint8Array): string | undefined {
  if (sample.length % 2 === 1) return undefined;
  return ["utf-16le", "utf-16be"].find((charset) => {
    const { text } = decodeAs(charset, sample);
    return kanaShare(text) >= 0.1 && usualShare(text) >= 0.95;
  });
}

const kanaShare = (text: string): number =>
  (text.match(/[\u3041-\u30fe\uff66-\uff9f]/g)?.length ?? 0) / text.length;

function tryDecode(charset: string, bytes: Uint8Array): DecodedText | undefined {
  try {
    const decoder = new TextDecoder(charset, { fatal: true });
    // As a stream, because the text may have been cut in the middle of a character.
    return { text: decoder.decode(bytes, { stream: true }), charset: decoder.encoding };
  } catch {
    return undefined;
  }
}

function decodeAs(charset: string, bytes: Uint8Array): DecodedText {
  const decoder = new TextDecoder(charset);
  return { text: decoder.decode(bytes), charset: decoder.encoding };
}
