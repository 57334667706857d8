import { Command } from "commander";
import { lockHome, stopCloud } from "../local/keeper";
import { describeEnd, writeReport } from "./end";
import { Rehearsal, rehearsalHome } from "./rehearsal";
import { runSteps } from "./run-steps";
import { startSlackEndpoint } from "./slack-endpoint";
import { steps } from "./steps";

const command = new Command("npm start --")
  .description("Runs file-search on this machine, from an upload to an alarm, and writes a report.")
  .option("--keep", "leave everything running at the end")
  .parse();

async function main(): Promise<void> {
  const { keep = false } = command.opts<{ keep?: boolean }>();
  // A second one would reset the cloud of the first.
  const release = await lockHome(rehearsalHome, "rehearsal");
  try {
    await rehearse(keep);
  } finally {
    await release();
  }
}

async function rehearse(keep: boolean): Promise<void> {
  const slack = await startSlackEndpoint();
  const rehearsal = new Rehearsal(slack, keep);
  try {
    const stepReports = await runSteps(steps, rehearsal);
    const report = await writeReport(rehearsal, stepReports);
    process.stdout.write(describeEnd(rehearsal, report));
    process.exitCode = report.ok ? 0 : 1;
  } finally {
    await rehearsal.close();
    await slack.close();
    if (!keep) await stopCloud(rehearsalHome);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
