/** A program that was bundled into one file. */
export interface Bundle {
  /** Relative to the project's folder, so that the state is the same on every machine. */
  path: string;
  /** Hexadecimal. */
  sha256: string;
  bytes: number;
}
