import { stripVTControlCharacters } from "node:util";
import type { PolicyViolation } from "../../values/events";
import type { PropertyMap } from "../../values/property-value";
import { diffMaps } from "../../values/property-operations";
import { parseUrn } from "../../values/urn";
import type { Collected, Diagnostic } from "./collected";
import { displayType, operations, seconds, type Colors } from "./style";
import { changeLine, renderTree, type TreeOptions } from "./tree";
import { shortText, valueAt } from "./values";

/** The text report at the end of an operation. */
export function renderReport(collected: Collected, options: TreeOptions): string {
  const sections = [
    renderTree(collected, options),
    diagnosticLines(collected, options.colors),
    policyLines(collected, options.colors),
    outputLines(collected, options),
    countLines(collected, options),
    durationLines(collected),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

/** By resource: the engine's and the program's messages, and the errors of failed steps. */
function diagnosticLines(collected: Collected, colors: Colors): string[] {
  const byUrn = new Map<string, Pick<Diagnostic, "severity" | "message">[]>();
  const add = (urn: string, diagnostic: Pick<Diagnostic, "severity" | "message">) =>
    byUrn.set(urn, [...(byUrn.get(urn) ?? []), diagnostic]);
  for (const diagnostic of collected.diagnostics) add(diagnostic.urn ?? "", diagnostic);
  for (const row of collected.rows.values()) {
    const told = (byUrn.get(row.urn) ?? []).some(
      ({ message }) => row.error !== undefined && message.includes(row.error),
    );
    if (row.error !== undefined && !told) add(row.urn, { severity: "error", message: row.error });
  }
  if (byUrn.size === 0) return [];
  const lines = [colors.bold("Diagnostics:")];
  for (const [urn, diagnostics] of byUrn) {
    lines.push(`  ${urn === "" ? "program" : title(urn)}:`);
    for (const { severity, message } of diagnostics) {
      const prefix =
        severity === "error"
          ? colors.red("error: ")
          : severity === "warning"
            ? colors.yellow("warning: ")
            : "";
      // Programs colour their stack traces even if the output is not a terminal.
      const text = colors.isColorSupported ? message : stripVTControlCharacters(message);
      const [first, ...rest] = text.trimEnd().split("\n");
      lines.push(`    ${prefix}${first}`, ...rest.map((line) => `    ${line}`));
    }
  }
  return lines;
}

function policyLines({ packs, violations, isStackDecided }: Collected, colors: Colors): string[] {
  if (packs.length === 0 && violations.length === 0) return [];
  const lines = [colors.bold("Policies:")];
  for (const pack of packs) {
    const own = violations.filter(({ pack: name }) => name === pack.pack);
    const failed = own.some(({ enforcement }) => enforcement === "mandatory");
    const mark = failed
      ? colors.red("✘")
      : own.length > 0 || !isStackDecided
        ? colors.yellow("!")
        : colors.green("✔");
    const rules = `${pack.rules} ${pack.rules === 1 ? "rule" : "rules"}`;
    lines.push(
      `  ${mark} ${pack.pack}@v${pack.version} (${rules}, ready after ${seconds(pack.seconds)})`,
    );
    if (!isStackDecided) {
      lines.push("    The rules decided nothing: the program ended before its stack was complete.");
    }
    lines.push(...own.flatMap((violation) => violationLines(violation, colors)));
  }
  return lines;
}

function violationLines(violation: PolicyViolation, colors: Colors): string[] {
  const { rule, enforcement, message, urn, severity } = violation;
  const paint = enforcement === "mandatory" ? colors.red : colors.yellow;
  const level = severity === undefined ? enforcement : `${enforcement}, ${severity}`;
  const where = urn === undefined ? "" : `  (${title(urn)})`;
  return [
    `    - ${paint(`[${level}]`)} ${rule}${where}`,
    ...message.split("\n").map((line) => `      ${line}`),
  ];
}

function outputLines({ summary }: Collected, { colors, details }: TreeOptions): string[] {
  if (summary === undefined) return [];
  const { oldOutputs: olds, newOutputs: news } = summary;
  const diffs = Object.entries(diffMaps(olds, news, false));
  if (diffs.length === 0) return [];
  const lines = [colors.bold("Outputs:")];
  const changes = diffs.map(([path, { kind }]) => ({
    path,
    kind: kind as "add" | "delete" | "update",
    replaces: false,
    old: valueAt(olds, path),
    new: valueAt(news, path),
  }));
  const longest = details ? changes.length : 20;
  lines.push(...changes.slice(0, longest).map((change) => `  ${changeLine(change, colors)}`));
  if (changes.length > longest) {
    lines.push(`  … and ${changes.length - longest} more (--diff shows all)`);
  }
  return lines;
}

function countLines({ summary }: Collected, { colors, dryRun }: TreeOptions): string[] {
  if (summary === undefined) return [];
  const lines = [colors.bold("Resources:")];
  const { same = 0, ...changes } = summary.changes;
  for (const [operation, count] of Object.entries(changes)) {
    const { symbol, color, plan, done } = operations[operation as keyof typeof operations];
    lines.push(`  ${colors[color](symbol)} ${count} ${dryRun ? `to ${plan}` : done}`);
  }
  if (same > 0) lines.push(`  ${same} unchanged`);
  return lines.length === 1 ? [...lines, "  none"] : lines;
}

const durationLines = ({ summary }: Collected) =>
  summary === undefined ? [] : [`Duration: ${seconds(summary.seconds)}`];

const title = (urn: string) => {
  const { type, name } = parseUrn(urn);
  return `${displayType(type)} (${name})`;
};

/** The outputs of a stack, one per line. */
export function renderOutputs(outputs: PropertyMap): string {
  const width = Math.max(0, ...Object.keys(outputs).map((name) => name.length));
  return Object.entries(outputs)
    .map(([name, value]) => `${name.padEnd(width)}  ${shortText(value, 2000)}\n`)
    .join("");
}
