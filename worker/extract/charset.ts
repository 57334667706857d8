import { analyse } from "chardet";
import { FileFault } from "./file-fault";
import { japaneseCharset, withoutDamage } from "./japanese-charset";

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
  const charset = byteOrderMark(bytes) ?? sevenBitJapanese(bytes) ?? unmarkedUtf16(bytes);
  if (charset !== undefined) return decodeAs(charset, bytes);
  if (bytes.includes(0)) throw new FileFault("contains binary data where text is expected");
  const utf8 = tryDecode("utf-8", bytes);
  if (utf8 !== undefined) return utf8;
  const sound = soundInDamagedUtf8(bytes);
  const asDamaged = () => withDoubts(decodeAs("utf-8", bytes));
  // Before the declaration: ISO-8859-1, for example, takes any bytes.
  if (sound >= 10) return asDamaged();
  const asDeclared = declared === undefined ? undefined : tryDecode(declared, bytes);
  if (asDeclared !== undefined) return asDeclared;
  if (sound >= 3) return asDamaged();
  const likely = likelyCharset(bytes);
  return tryDecode(likely, bytes) ?? withDoubts(decodeDamaged(likely, bytes));
}

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

/** ISO-2022-JP is made of ASCII bytes and announces itself by an escape sequence. */
function sevenBitJapanese(bytes: Uint8Array): string | undefined {
  if (!bytes.includes(0x1b) || bytes.some((byte) => byte > 0x7f)) return undefined;
  return /\x1b(\$[@B]|\([JI])/.test(Buffer.from(bytes).toString("latin1"))
    ? "iso-2022-jp"
    : undefined;
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

/** The Japanese sets first, which a detector for all the world's takes for each other in short texts. */
function likelyCharset(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, 64 * 1024);
  const japanese = japaneseCharset(sample);
  if (japanese !== undefined) return japanese;
  const known = analyse(sample).find(({ name }) => tryDecode(name, sample) !== undefined);
  return known?.name ?? "windows-1252";
}

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
