/** What a format's own reader finds. */
export interface ExtractedText {
  text: string;
  title?: string;
  author?: string;
  /** As the file declares it, or as its letters suggest: "ja", "en". */
  language?: string;
  /** Only for formats made of plain text. */
  charset?: string;
  pages?: number;
  sheets?: number;
  /** The text was longer than the limit and its end was left out. */
  truncated?: boolean;
  /** Why the text may not be what the file says: damaged characters, no text at all. */
  doubts?: string[];
}

export type FileFormat =
  | "text"
  | "markdown"
  | "html"
  | "csv"
  | "json"
  | "pdf"
  | "docx"
  | "pptx"
  | "xlsx"
  | "xls"
  | "odt"
  | "ods"
  | "odp";

/** What is known about a file besides its text; stored as JSON. */
export interface DocumentMetadata extends Omit<ExtractedText, "text" | "title"> {
  format: FileFormat;
  bytes: number;
  sha256: string;
}
