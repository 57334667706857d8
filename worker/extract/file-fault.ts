/** The file itself is at fault: reading it again gives the same. The message completes
 *  "the file …". */
export class FileFault extends Error {
  override readonly name = "FileFault";
}
