export interface RehearsalFile {
  key: string;
  body: Buffer;
  contentType: string;
  expect: "indexed" | { deadLetterReason: string };
  /** A phrase of its own that a search must find it by; empty where it must not be indexed. */
  contains: string;
}
