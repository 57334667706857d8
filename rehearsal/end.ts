import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import Table from "cli-table3";
import { localHome, packageRoot } from "../local/process/home";
import { readAlarms, readDeadLetters, readDepths, readResources } from "./material";
import { rehearsalHome, type Rehearsal } from "./rehearsal";
import { reportPage } from "./report/html";
import { outcomeMarks } from "./report/outcome-marks";
import type { Report, StepReport } from "./report/report";
import { readableText } from "./slack-endpoint";
import { readVersions } from "./versions";

const reportFile = (kind: "json" | "html") => join(localHome(), `report.${kind}`);

/** Writes `report.json` and `report.html`, also if the rehearsal failed. */
export async function writeReport(rehearsal: Rehearsal, steps: StepReport[]): Promise<Report> {
  const problems: string[] = [];
  // A rehearsal that failed may have no cloud left. The report then says what it could not read.
  const read = <Value>(what: string, value: Promise<Value>, otherwise: Value): Promise<Value> =>
    value.catch((error: unknown) => {
      problems.push(`${what} could not be read: ${String(error)}`);
      return otherwise;
    });
  const report: Report = {
    ok: steps.every(({ outcome }) => outcome === "passed"),
    steps,
    counts: rehearsal.counts(),
    deadLetters: await read("Dead letters", readDeadLetters(rehearsal), []),
    alarms: await read("Alarms", readAlarms(rehearsal), []),
    versions: await readVersions(rehearsal),
  };
  await mkdir(localHome(), { recursive: true });
  await writeFile(reportFile("json"), `${JSON.stringify(report, null, 2)}\n`);
  const page = await reportPage({
    report,
    start: rehearsal.start,
    depths: await read("Queue depths", readDepths(rehearsal), []),
    resources: await read("Deployed resources", readResources(), []),
    messages: rehearsal.slack.received.map(readableText),
    problems,
  });
  await writeFile(reportFile("html"), page);
  return report;
}

/** The closing text of the rehearsal. */
export function describeEnd(rehearsal: Rehearsal, report: Report): string {
  const table = new Table({
    head: ["", "step", "seconds"],
    // No lines between the rows, so that the table fits on a screen.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
    colAligns: ["left", "left", "right"],
  });
  table.push(
    ...report.steps.map(({ outcome, name, seconds }) => [
      outcomeMarks[outcome],
      name,
      outcome === "not run" ? "" : seconds.toFixed(1),
    ]),
  );
  const seconds = report.steps.reduce((sum, step) => sum + step.seconds, 0);
  const { uploaded, indexed, deadLettered, skipped, leftInQueue, processedTwice } = report.counts;
  const failures = report.steps
    .filter(({ outcome }) => outcome === "failed")
    .map((step) => `✗ ${step.name}\n  ${step.detail}`);
  return [
    "",
    table.toString(),
    `${uploaded} uploaded = ${indexed} indexed + ${deadLettered} dead-lettered + ${skipped} skipped; ${leftInQueue} left in the queue; ${processedTwice} processed twice`,
    ...failures,
    report.ok
      ? `All steps passed, in ${seconds.toFixed(1)} s.`
      : `The rehearsal failed after ${seconds.toFixed(1)} s. Logs are in ${join(rehearsalHome, "logs")}.`,
    `Report: ${reportFile("html")} (for machines: ${reportFile("json")})`,
    ...(rehearsal.keep ? commandsToTry(rehearsal) : []),
    "",
  ].join("\n");
}

function commandsToTry(rehearsal: Rehearsal): string[] {
  if (!rehearsal.has("cloud")) return [];
  const { endpoint, accessKeyId, secretAccessKey } = rehearsal.get("cloud");
  // The command reads the URL from the status file, so that the password is not in the terminal's history.
  const databaseUrl = `$(node -p 'require("${resolve(rehearsalHome, "cloud.json")}").databaseUrl')`;
  const cli = `PULUMI_LOCAL_HOME=${rehearsalHome} ${join(packageRoot, "node_modules", ".bin", "pulumi-local")}`;
  return [
    "",
    "Everything is still running:",
    `  the stack     ${cli} stack output -s dev -C ${join(packageRoot, "systems", "file-search")}`,
    `  the index     psql "${databaseUrl}" -c "select key, score from search_documents('pricing proposal')"`,
    `  the cloud     AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} aws --endpoint-url ${endpoint} --region ap-northeast-1 sqs list-queues`,
    `  the logs      ${join(rehearsalHome, "logs")} and ${join(rehearsalHome, "machines")}`,
    `  to stop it    ${cli} cloud stop`,
  ];
}
