import { readFile } from "node:fs/promises";

/** Runs a start; when it fails, the error shows the end of the log and says where the rest is. */
export async function withLogTail<T>(logFile: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const text = await readFile(logFile, "utf8").catch(() => "");
    if (text.trim() === "") throw error;
    const tail = text.trim().split("\n").slice(-10).join("\n  ");
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\nThe last lines of ${logFile}:\n  ${tail}`, { cause: error });
  }
}
