import type { Command } from "commander";
import { assertCanAsk, confirm } from "../confirm";
import { cloudStatus, nestedClouds } from "../../cloud/status";
import { pulumiLocal } from "../../process/command";
import { CommandError } from "../exit";

/** The module that starts and stops the cloud. Only the commands that need it load it. */
const keeper = () => import("../../keeper");

export function addCloud(program: Command): void {
  const cloud = program.command("cloud").description("The embedded cloud and its database");

  cloud
    .command("start")
    .description(
      "Start the cloud and its database; the first start installs the cloud under .local/",
    )
    .action(async () => {
      const { startCloud } = await keeper();
      const status = await startCloud({ progress: (line) => process.stderr.write(`${line}\n`) });
      process.stdout.write(
        `The embedded cloud runs at ${status.endpoint} (process ${status.pid}).\n`,
      );
    });
  cloud
    .command("stop")
    .description("Stop the cloud and its database, and that of a rehearsal; their data is kept")
    .action(async () => {
      const { stopCloud } = await keeper();
      const nested = nestedClouds();
      const stopped = await stopCloud();
      for (const { home } of nested) await stopCloud(home);
      const lines = [
        ...(stopped ? ["The embedded cloud was stopped."] : []),
        ...nested.map(({ home }) => `The cloud in ${home} was stopped.`),
      ];
      process.stdout.write(`${lines.join("\n") || "Nothing was running."}\n`);
    });
  cloud
    .command("reset")
    .description("Delete all data of the cloud, its database and the state of all stacks")
    .option("-y, --yes", "do not ask")
    .action(async (options: { yes?: boolean }) => {
      if (options.yes !== true) {
        assertCanAsk("cloud reset");
        const question =
          "Delete everything in the embedded cloud, its database and the state of all stacks?";
        const answer = await confirm(question);
        if (answer !== "yes") throw new CommandError("Nothing was reset.");
      }
      const { resetCloud } = await keeper();
      await resetCloud();
      process.stdout.write(
        "All data of the embedded cloud and its database and the state of all stacks were deleted.\n",
      );
    });
  cloud
    .command("status")
    .description("Show whether the cloud runs, and its address")
    .option("--json", "answer with JSON")
    .action((options: { json?: boolean }) => {
      const status = cloudStatus();
      if (options.json === true) {
        process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
      } else if (status.running) {
        process.stdout.write(
          `The embedded cloud runs at ${status.endpoint} (account ${status.accountId}, process ${status.pid}).\n`,
        );
      } else {
        process.stdout.write(
          `The embedded cloud is not running; \`${pulumiLocal()} cloud start\` starts it.\n`,
        );
      }
      if (options.json === true) return;
      for (const nested of nestedClouds()) {
        process.stdout.write(
          `Another one runs at ${nested.status.endpoint} (process ${nested.status.pid}). To use it: PULUMI_LOCAL_HOME=${nested.home}\n`,
        );
      }
    });
}
