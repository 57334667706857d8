/** A kind of document that a test can write with a phrase in each of its parts. */
export interface DocumentKind {
  /** The parts. */
  places: string[];
  write: (texts: Readonly<Record<string, string>>) => string | Buffer | Promise<Buffer>;
}

/** Writes the element that holds a phrase. */
export type Place = (text: string) => string;
