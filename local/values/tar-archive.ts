import { createHash, type Hash } from "node:crypto";
import { posix } from "node:path";

const blockSize = 512;
const nameSize = 100;
const prefixSize = 155;

/** The SHA-256 of a tar file that is never written: the hash of an archive is the hash of the tar that Pulumi
 *  makes of it (mode 0600, no owner, no time), so every byte of the headers counts. */
export class TarHash {
  private readonly hash: Hash = createHash("sha256");
  private readonly seen = new Set<string>();

  add(name: string, content: Buffer): void {
    if (this.seen.has(name)) return;
    this.seen.add(name);
    const split = splitName(name);
    if (split === undefined) this.addLongName(name);
    this.hash.update(
      header(split ?? { name: ascii(name).slice(0, nameSize), prefix: "" }, 0o600, content.length),
    );
    this.addContent(content);
  }

  digest(): string {
    this.hash.update(Buffer.alloc(2 * blockSize));
    return this.hash.digest("hex");
  }

  /** A name that is too long or not ASCII goes into an extended (PAX) header before its file. */
  private addLongName(name: string): void {
    const record = Buffer.from(paxRecord("path", name));
    const extended = posix.join(posix.dirname(name), "PaxHeaders.0", posix.basename(name));
    const block = Buffer.alloc(blockSize);
    block.write(ascii(extended).slice(0, nameSize), 0, "latin1");
    for (const [offset, width] of [
      [100, 8],
      [108, 8],
      [116, 8],
      [136, 12],
    ] as const) {
      octal(block, offset, width, 0);
    }
    octal(block, 124, 12, record.length);
    this.hash.update(seal(block, "x"));
    this.addContent(record);
  }

  private addContent(content: Buffer): void {
    this.hash.update(content);
    const rest = content.length % blockSize;
    if (rest !== 0) this.hash.update(Buffer.alloc(blockSize - rest));
  }
}

function isAscii(name: string): boolean {
  return Buffer.byteLength(name) === name.length;
}

function ascii(name: string): string {
  return [...name].filter((character) => character.charCodeAt(0) < 0x80).join("");
}

function splitName(name: string): { name: string; prefix: string } | undefined {
  if (!isAscii(name)) return undefined;
  if (name.length <= nameSize) return { name, prefix: "" };
  const at = name.slice(0, prefixSize + 1).lastIndexOf("/");
  const rest = name.length - at - 1;
  if (at <= 0 || rest > nameSize || rest === 0) return undefined;
  return { name: name.slice(at + 1), prefix: name.slice(0, at) };
}

/** "LENGTH key=value\n", where LENGTH counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const size = Buffer.byteLength(rest);
  let length = size + String(size).length;
  if (size + String(length).length !== length) length = size + String(length).length;
  return `${length}${rest}`;
}

function octal(block: Buffer, offset: number, width: number, value: number): void {
  block.write(value.toString(8).padStart(width - 1, "0"), offset, "latin1");
}

function header(split: { name: string; prefix: string }, mode: number, size: number): Buffer {
  const block = Buffer.alloc(blockSize);
  block.write(split.name, 0, "latin1");
  octal(block, 100, 8, mode);
  octal(block, 108, 8, 0);
  octal(block, 116, 8, 0);
  octal(block, 124, 12, size);
  octal(block, 136, 12, 0);
  octal(block, 329, 8, 0);
  octal(block, 337, 8, 0);
  block.write(split.prefix, 345, "latin1");
  return seal(block, "0");
}

/** Type, magic and version, then the checksum, which counts its own field as spaces. */
function seal(block: Buffer, type: string): Buffer {
  block.write(type, 156, "latin1");
  block.write("ustar\0" + "00", 257, "latin1");
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
