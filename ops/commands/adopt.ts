import type { Command } from "commander";
import { exitCodes } from "../../contracts/exit-codes";
import { begin } from "../adopt/begin";
import { finish } from "../adopt/finish";
import { restore } from "../adopt/restore";
import { adoptTask, type AdoptOptions } from "../adopt/task";
import { OpsError } from "../cli/fault";
import { systemArguments } from "../cli/system-arguments";

export function addAdopt(program: Command): void {
  systemArguments(
    program
      .command("adopt")
      .description(
        "Find which queues and buckets of a system exist, save them, and have the next `up` import them unchanged",
      ),
  )
    .option("--region <region>", "where they are (default: that of the stack's configuration)")
    .option(
      "--backup <file>",
      "where they are saved (default: adopt-ENV.json in the system's folder)",
    )
    .option("--finish", "after the import, and later: keep what the program does not know")
    .option("--restore", "put everything back as it was saved")
    .option("--dry-run", "show what would be done, and do nothing")
    .option("-y, --yes", "do not ask")
    .action(adopt);
}

async function adopt(environment: string, system: string, options: AdoptOptions): Promise<void> {
  assertSensible(options);
  const task = await adoptTask(environment, system, options);
  const act = options.restore === true ? restore : options.finish === true ? finish : begin;
  await act(task);
}

function assertSensible({ restore, finish, region, backup }: AdoptOptions): void {
  const faults = [
    restore === true && finish === true
      ? ["--finish and --restore contradict each other: pass one of them."]
      : [],
    restore === true && region !== undefined
      ? ["--restore takes the region from the backup: leave out --region."]
      : [],
    backup === "" ? ["--backup needs the name of a file."] : [],
  ].flat();
  if (faults.length > 0) throw new OpsError(faults.join("\n"), exitCodes.configuration);
}
