import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Files that the command processor's programs leave when they succeed, named after the message. They say what a worker
 *  that was killed in that moment could not record. */
export class DoneMarks {
  private constructor(private readonly folder: string) {}

  static open(folder: string): DoneMarks {
    mkdirSync(folder, { recursive: true });
    return new DoneMarks(folder);
  }

  /** Message ids are the queue's; not every one need be a file name. */
  fileOf(messageId: string): string {
    const isName = /^[\w-]{1,100}$/.test(messageId);
    const name = isName ? messageId : createHash("sha256").update(messageId).digest("hex");
    return join(this.folder, name);
  }

  has(messageId: string): boolean {
    return existsSync(this.fileOf(messageId));
  }

  remove(messageId: string): void {
    rmSync(this.fileOf(messageId), { force: true });
  }

  /** Those that no message of a queue can need any more. */
  removeOlderThan(time: Date): void {
    for (const name of readdirSync(this.folder)) {
      const file = join(this.folder, name);
      const made = statSync(file, { throwIfNoEntry: false })?.mtime;
      if (made !== undefined && made < time) rmSync(file, { force: true });
    }
  }
}
