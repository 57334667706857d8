import { open, type Entry, type ZipFile } from "yauzl";
import { promisify } from "node:util";
import { FileFault } from "./file-fault";
import { type ExtractionLimits, inMebibytes, suspiciousBytes } from "./limits";

const openZip = promisify<string, { lazyEntries: boolean }, ZipFile>(open);

/** Inflates every entry of a zip file once, keeping nothing but the entries asked for, so that the
 *  libraries that read it afterwards meet no surprise: sizes in the directory may lie. */
export async function inspectZip(
  path: string,
  bytes: number,
  limits: ExtractionLimits,
  wanted: readonly string[],
): Promise<Map<string, Buffer>> {
  let zip: ZipFile;
  try {
    zip = await openZip(path, { lazyEntries: true });
  } catch (error) {
    throw brokenZip(error);
  }
  try {
    return await inflateAll(zip, bytes, limits, wanted);
  } finally {
    zip.close();
  }
}

async function inflateAll(
  zip: ZipFile,
  bytes: number,
  limits: ExtractionLimits,
  wanted: readonly string[],
): Promise<Map<string, Buffer>> {
  if (zip.entryCount > limits.maxZipEntries) {
    throw new FileFault(
      `has ${zip.entryCount} zip entries; at most ${limits.maxZipEntries} are read`,
    );
  }
  const kept = new Map<string, Buffer>();
  let inflated = 0;
  for (let entry = await nextEntry(zip); entry !== undefined; entry = await nextEntry(zip)) {
    if (entry.isEncrypted()) throw new FileFault("is an encrypted zip container");
    const chunks: Buffer[] = [];
    const isWanted = wanted.includes(entry.fileName);
    await inflate(zip, entry, (chunk) => {
      inflated += chunk.length;
      assertNoBomb(inflated, bytes, limits);
      if (isWanted) chunks.push(chunk);
    });
    if (isWanted) kept.set(entry.fileName, Buffer.concat(chunks));
  }
  return kept;
}

async function inflate(
  zip: ZipFile,
  entry: Entry,
  onChunk: (chunk: Buffer) => void,
): Promise<void> {
  try {
    for await (const chunk of await openEntry(zip, entry)) onChunk(chunk as Buffer);
  } catch (error) {
    throw error instanceof FileFault ? error : brokenZip(error);
  }
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
