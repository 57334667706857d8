export interface RehearsalFile {
  key: string;
  body: Buffer;
  contentType: string;
  expect: "indexed" | "skipped" | { deadLetterReason: string };
  /** A phrase that only this file contains: a search for it must find the file. Empty if the file must not be
   *  indexed. */
  contains: string;
}
