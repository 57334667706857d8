import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { sync as writeFileAtomically } from "write-file-atomic";
import { z } from "zod";
import { jsonIn } from "../../contracts/json-in";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";
import { inspectors } from "./inspectors";

const values = z.record(z.string(), z.unknown());
const existing = values.refine((is) => Object.keys(is).length > 0, "must say what existed");

const backupSchema = z.object({
  environment: z.string(),
  system: z.string(),
  accountId: z.string(),
  region: z.string(),
  at: z.iso.datetime(),
  resources: z.array(
    z.object({
      name: z.string(),
      type: z.enum(Object.keys(inspectors)),
      target: z.string(),
      /** What the program planned. */
      inputs: values,
      /** As its service described it. Missing if it did not exist. */
      existing: existing.optional(),
    }),
  ),
});
export type Backup = z.output<typeof backupSchema>;

/** Only for its owner: policies and names of a production system. A backup that is there already gets another name, which is
 *  returned. */
export function writeBackup(file: string, backup: Backup): string | undefined {
  const former = existsSync(file) ? readBackup(file, backup) : undefined;
  const moved = former && file.replace(/(\.json)?$/, `-${former.at.replaceAll(":", "-")}.json`);
  // Copied, not moved: whoever is killed here still has a backup of this name.
  if (moved !== undefined) copyFileSync(file, moved);
  writeFileAtomically(file, `${JSON.stringify(backup, null, 2)}\n`, { mode: 0o600 });
  return moved;
}

/** Of this system. Whoever puts it back has to be in its account. */
export function readBackup(
  file: string,
  { environment, system, accountId }: Pick<Backup, "environment" | "system" | "accountId">,
): Backup {
  const fault = (message: string) =>
    new OpsError(`${message} Nothing was changed.`, exitCodes.configuration);
  if (!existsSync(file)) {
    throw fault(
      `${file} does not exist: there is no backup. \`npx ops adopt ${environment} ${system}\` makes it; --backup names another file.`,
    );
  }
  const read = backupSchema.safeParse(jsonIn(readFileSync(file, "utf8")) ?? "not JSON");
  if (!read.success) {
    throw fault(
      `${file} is no backup of \`ops adopt\`, or it is damaged. Name another file with --backup.\n${z.prettifyError(read.error)}\n`,
    );
  }
  const backup = read.data;
  if (backup.environment !== environment || backup.system !== system) {
    throw fault(
      `${file} is a backup of ${backup.system} ${backup.environment}, not of ${system} ${environment}.`,
    );
  }
  if (backup.accountId === accountId) return backup;
  throw fault(`${file} is a backup of account ${backup.accountId}, but this is ${accountId}.`);
}
