import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Table from "cli-table3";
import { localHome, packageRoot } from "../local/process/home";
import { readAlarms, readDepths, readResources } from "./material";
import { rehearsalHome, type Rehearsal } from "./rehearsal";
import { reportPage, type SystemMaterial } from "./report/html";
import { outcomeMarks } from "./report/outcome-marks";
import type { Report, StepReport, SystemReport } from "./report/report";
import { readableText } from "./slack-endpoint";
import type { RehearsedSystem } from "./rehearsed-system";
import { readVersions } from "./versions";

const reportFile = (kind: "json" | "html") => join(localHome(), `report.${kind}`);

/** Writes `report.json` and `report.html`, also if the rehearsal failed. */
export async function writeReport(
  rehearsal: Rehearsal,
  systems: readonly RehearsedSystem[],
  steps: StepReport[],
): Promise<Report> {
  const problems: string[] = [];
  const reports: Record<string, SystemReport> = {};
  const material: SystemMaterial[] = [];
  for (const system of systems) {
    const { run } = system;
    // A rehearsal that failed may have no cloud left. The report then says what it could not read.
    const read = <Value>(what: string, value: Promise<Value>, otherwise: Value): Promise<Value> =>
      value.catch((error: unknown) => {
        problems.push(`${what} of ${run.name} could not be read: ${String(error)}`);
        return otherwise;
      });
    const isDeployed = run.find("system") !== undefined;
    const report: SystemReport = {
      counts: system.counts(),
      deadLetters: isDeployed ? await read("Dead letters", system.deadLetters(), []) : [],
      alarms: await read("Alarms", readAlarms(run), []),
    };
    reports[run.name] = report;
    material.push({
      name: run.name,
      report,
      depths: await read("Queue depths", readDepths(run, system.charted), []),
      resources: await read("Deployed resources", readResources(run), []),
      messages: run.slack.received.map(readableText),
    });
  }
  const ends = steps.map(({ startedAt = 0, seconds }) => startedAt + seconds);
  const report: Report = {
    ok: steps.every(({ outcome }) => outcome === "passed"),
    seconds: Math.max(0, ...ends),
    steps,
    systems: reports,
    versions: await readVersions(rehearsal),
  };
  await mkdir(localHome(), { recursive: true });
  await writeFile(reportFile("json"), `${JSON.stringify(report, null, 2)}\n`);
  const page = await reportPage({ report, start: rehearsal.start, systems: material, problems });
  await writeFile(reportFile("html"), page);
  return report;
}

/** The closing text of the rehearsal. */
export function describeEnd(
  rehearsal: Rehearsal,
  systems: readonly RehearsedSystem[],
  report: Report,
): string {
  const table = new Table({
    head: ["", "system", "step", "seconds"],
    // No lines between the rows, so that the table fits on a screen.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
    colAligns: ["left", "left", "left", "right"],
  });
  table.push(
    ...report.steps.map(({ outcome, system = "", name, seconds }) => [
      outcomeMarks[outcome],
      system,
      name,
      outcome === "not run" ? "" : seconds.toFixed(1),
    ]),
  );
  const failures = report.steps
    .filter(({ outcome }) => outcome === "failed")
    .map(
      ({ system, name, detail }) => `✗ ${[system, name].filter(Boolean).join(": ")}\n  ${detail}`,
    );
  return [
    "",
    table.toString(),
    ...systems.map((system) => `${system.run.name}: ${system.summary()}`),
    ...failures,
    report.ok
      ? `All steps passed, in ${report.seconds.toFixed(1)} s.`
      : `The rehearsal failed after ${report.seconds.toFixed(1)} s. Logs are in ${join(rehearsalHome, "logs")}.`,
    `Report: ${reportFile("html")} (for machines: ${reportFile("json")})`,
    ...(rehearsal.keep ? commandsToTry(rehearsal, systems) : []),
    "",
  ].join("\n");
}

function commandsToTry(rehearsal: Rehearsal, systems: readonly RehearsedSystem[]): string[] {
  if (rehearsal.cloud === undefined) return [];
  const { endpoint, accessKeyId, secretAccessKey } = rehearsal.cloud;
  const cli = `PULUMI_LOCAL_HOME=${rehearsalHome} ${join(packageRoot, "node_modules", ".bin", "pulumi-local")}`;
  const commands = systems.flatMap(({ run, ...system }) => [
    [`the stack of ${run.name}`, `${cli} stack output -s dev -C ${run.project}`],
    ...Object.entries(system.commands()),
    [
      `its queues`,
      `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} aws --endpoint-url ${endpoint} --region ${run.client().region} sqs list-queues`,
    ],
  ]);
  const all = [
    ...commands,
    ["the logs", `${join(rehearsalHome, "logs")} and ${join(rehearsalHome, "machines")}`],
    ["to stop it", `${cli} cloud stop`],
  ];
  const width = Math.max(...all.map(([what = ""]) => what.length));
  return [
    "",
    "Everything is still running:",
    ...all.map(([what = "", how = ""]) => `  ${what.padEnd(width)}  ${how}`),
  ];
}
