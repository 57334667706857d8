import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import {
  fromBuffer,
  getFileNameLowLevel,
  open,
  type Entry,
  type Options,
  type ZipFile,
} from "yauzl";
import { FileFault } from "../file-fault";
import type { FileToRead } from "../formats/reader";
import { type ExtractionLimits, inMebibytes, suspiciousBytes } from "../limits";

const openFile = promisify<string, Options, ZipFile>(open);
const openBuffer = promisify<Buffer, Options, ZipFile>(fromBuffer);

/** A container of up to so many bytes is read at once: most have many small parts, and each would take several reads. */
const smallBytes = 4 * 1024 * 1024;

const openZip = async (path: string, bytes: number): Promise<ZipFile> => {
  // Names are decoded here: nothing is written to a place that they name, so none is dangerous.
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
  return bytes <= smallBytes ? openBuffer(await readFile(path), options) : openFile(path, options);
};

/** The parts of a zip container, whose names are the same in capitals and small letters. Each is inflated as a stream. What
 *  is inflated counts against the limits in all parts together, because the sizes in the directory may lie. */
export class ZipParts {
  /** What was found to be wrong with the parts that were read. */
  readonly doubts = new Set<string>();
  private inflated = 0;

  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, NamedEntry>,
    private readonly bytes: number,
    private readonly limits: ExtractionLimits,
  ) {}

  /** Opens the container for `use`, and closes it. Throws a FileFault if it is broken. */
  static async with<Result>(
    { path, bytes, limits }: Pick<FileToRead, "path" | "bytes" | "limits">,
    use: (parts: ZipParts) => Promise<Result>,
  ): Promise<Result> {
    let zip: ZipFile;
    try {
      zip = await openZip(path, bytes);
    } catch (error) {
      throw brokenZip(error);
    }
    try {
      return await use(new ZipParts(zip, await entriesOf(zip, limits), bytes, limits));
    } finally {
      zip.close();
    }
  }

  get names(): string[] {
    return [...this.entries.values()].map(({ name }) => name);
  }

  has(name: string): boolean {
    return this.entries.has(name.toLowerCase());
  }

  /** The chunks of a part. Nothing if there is no such part. */
  async *chunks(name: string): AsyncGenerator<Buffer> {
    const named = this.entries.get(name.toLowerCase());
    if (named === undefined) return;
    try {
      for await (const chunk of await openEntry(this.zip, named.entry)) {
        this.inflated += (chunk as Buffer).length;
        assertNoBomb(this.inflated, this.bytes, this.limits);
        yield chunk as Buffer;
      }
    } catch (error) {
      throw error instanceof FileFault ? error : brokenZip(error);
    }
  }
}

interface NamedEntry {
  name: string;
  entry: Entry;
}

async function entriesOf(zip: ZipFile, limits: ExtractionLimits): Promise<Map<string, NamedEntry>> {
  if (zip.entryCount > limits.maxZipEntries) {
    throw new FileFault(
      `has ${zip.entryCount} zip entries; at most ${limits.maxZipEntries} are read`,
    );
  }
  const entries = new Map<string, NamedEntry>();
  for (let entry = await nextEntry(zip); entry !== undefined; entry = await nextEntry(zip)) {
    if (entry.isEncrypted())
      throw new FileFault("is an encrypted zip container: save it without its password");
    const name = partName(entry);
    entries.set(name.toLowerCase(), { name, entry });
  }
  return entries;
}

/** Some programs write "./word/document.xml", "/word/document.xml" or "word\\document.xml". */
function partName(entry: Entry): string {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false)
    .replaceAll("\\", "/")
    .replace(/^(\.?\/)+/, "");
}

function assertNoBomb(inflated: number, bytes: number, limits: ExtractionLimits): void {
  if (inflated > limits.maxInflatedBytes) {
    throw new FileFault(
      `is a zip bomb: it inflates to more than ${inMebibytes(limits.maxInflatedBytes)}`,
    );
  }
  if (inflated > suspiciousBytes && inflated > bytes * limits.maxInflationRatio) {
    throw new FileFault(
      `is a zip bomb: it inflates to more than ${limits.maxInflationRatio} times its ${bytes} bytes`,
    );
  }
}

function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      zip.off("entry", onEntry).off("end", onEnd).off("error", onError);
      act();
    };
    const onEntry = (entry: Entry) => settle(() => resolve(entry));
    const onEnd = () => settle(() => resolve(undefined));
    const onError = (error: Error) => settle(() => reject(brokenZip(error)));
    zip.once("entry", onEntry).once("end", onEnd).once("error", onError);
    zip.readEntry();
  });
}

function openEntry(zip: ZipFile, entry: Entry): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(error);
      else resolve(stream);
    });
  });
}

function brokenZip(error: unknown): FileFault {
  return new FileFault(`is a broken zip container: ${(error as Error).message}`);
}
