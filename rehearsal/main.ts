import { Argument, Command } from "commander";
import { lockHome, stopCloud } from "../local/keeper";
import { describeEnd, writeReport } from "./end";
import { Rehearsal, rehearsalHome } from "./rehearsal";
import { runSteps } from "./run-steps";
import { startSlackEndpoint, type SlackEndpoint } from "./slack-endpoint";
import type { RehearsedSystem } from "./rehearsed-system";
import { systems, type SystemName } from "./systems";

const names = Object.keys(systems) as SystemName[];

const command = new Command("npm start --")
  .description("Runs the systems on this machine, from an upload to an alarm, and writes a report.")
  .addArgument(new Argument("[systems...]", "which of them").choices(names).default(names))
  .option("--keep", "leave everything running at the end")
  .parse();

async function main(): Promise<void> {
  const { keep = false } = command.opts<{ keep?: boolean }>();
  const [chosen] = command.processedArgs as [SystemName[]];
  // A second one would reset the cloud of the first.
  const release = await lockHome(rehearsalHome, "rehearsal");
  try {
    await rehearse([...new Set(chosen)], keep);
  } finally {
    await release();
  }
}

async function rehearse(chosen: SystemName[], keep: boolean): Promise<void> {
  const rehearsal = new Rehearsal(keep);
  const endpoints: SlackEndpoint[] = [];
  const rehearsed: RehearsedSystem[] = [];
  try {
    for (const name of chosen) {
      const slack = await startSlackEndpoint();
      endpoints.push(slack);
      rehearsed.push(systems[name](rehearsal, slack));
    }
    const steps = await runSteps(rehearsal, rehearsed);
    const report = await writeReport(rehearsal, rehearsed, steps);
    process.stdout.write(describeEnd(rehearsal, rehearsed, report));
    process.exitCode = report.ok ? 0 : 1;
  } finally {
    for (const system of rehearsed) await system.close?.();
    await rehearsal.close();
    await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    if (!keep) await stopCloud(rehearsalHome);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
