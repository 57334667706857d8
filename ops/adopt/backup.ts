import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";

const values = z.record(z.string(), z.unknown());

const backupSchema = z.object({
  environment: z.string(),
  system: z.string(),
  region: z.string(),
  at: z.iso.datetime(),
  resources: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      target: z.string(),
      /** What the program planned. */
      inputs: values,
      /** As its service described it. Missing if it did not exist. */
      existing: values.optional(),
    }),
  ),
});
export type Backup = z.output<typeof backupSchema>;

/** Only for its owner: policies and names of a production system. Never over another one. */
export function writeBackup(file: string, backup: Backup): void {
  writeFileSync(file, `${JSON.stringify(backup, null, 2)}\n`, { flag: "wx", mode: 0o600 });
}

export function readBackup(file: string, environment: string, system: string): Backup {
  const fault = (message: string) => new OpsError(message, exitCodes.configuration);
  if (!existsSync(file)) {
    throw fault(
      `${file} does not exist: there is no backup. \`npx ops adopt ${environment} ${system}\` makes it; --backup names another file.`,
    );
  }
  const read = backupSchema.safeParse(jsonIn(readFileSync(file, "utf8")));
  if (!read.success) {
    throw fault(
      `${file} is no backup of \`ops adopt\`, or it is damaged. Nothing was changed.\n${z.prettifyError(read.error)}`,
    );
  }
  const backup = read.data;
  if (backup.environment === environment && backup.system === system) return backup;
  throw fault(
    `${file} is a backup of ${backup.system} ${backup.environment}, not of ${system} ${environment}.`,
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
