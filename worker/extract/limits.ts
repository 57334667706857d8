/** What one file may cost. A file beyond a limit that has to do with its size or its cost is refused
 *  finally; text beyond `maxTextCharacters` is left out and the document says so. */
export interface ExtractionLimits {
  /** Largest object that is fetched. Bytes. */
  maxObjectBytes: number;
  /** Text kept of one document. UTF-16 code units. */
  maxTextCharacters: number;
  /** What the entries of a zip file (docx, xlsx) may inflate to in all. Bytes. */
  maxInflatedBytes: number;
  /** From `suspiciousBytes` on, a zip file may inflate to so many times its size. */
  maxInflationRatio: number;
  maxZipEntries: number;
  /** Longest the reading of one file may take. */
  timeoutSeconds: number;
  /** Memory that reading one file may take. MiB. */
  maxMemoryMebibytes: number;
}

const mebibyte = 1024 * 1024;

/** A t3.medium has 4 GiB: two files at once at the limit leave half of it to everything else. */
export const defaultLimits: ExtractionLimits = {
  maxObjectBytes: 100 * mebibyte,
  maxTextCharacters: 2_000_000,
  maxInflatedBytes: 256 * mebibyte,
  maxInflationRatio: 100,
  maxZipEntries: 10_000,
  timeoutSeconds: 300,
  maxMemoryMebibytes: 768,
};

/** Below this, repetitive content may well deflate to a hundredth (an empty sheet's rows do). */
export const suspiciousBytes = 10 * mebibyte;

export function inMebibytes(bytes: number): string {
  return `${(bytes / mebibyte).toLocaleString("en", { maximumFractionDigits: 1 })} MiB`;
}
