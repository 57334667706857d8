import { stripVTControlCharacters } from "node:util";
import type { Collected, ResourceRow } from "./collected";
import { isDefaultProvider, parseUrn } from "../../values/urn";
import { detailedChanges, diffSummary, propertyChanges, type PropertyChange } from "./changes";
import { displayType, operations, seconds, type Colors } from "./style";
import { shortText } from "./values";

export interface TreeOptions {
  colors: Colors;
  dryRun: boolean;
  /** Property by property below each resource. */
  details: boolean;
  /** Whether resources that do not change are shown. */
  sames: boolean;
  refresh: boolean;
  /** Width of the terminal in characters. A row is cut to it. Without a terminal a row is never cut. */
  columns?: number;
}

interface Line {
  symbol: string;
  type: string;
  name: string;
  status: string;
  info: string;
  details: string[];
}

/** The resources that change, below their parents, as Pulumi shows them. */
export function renderTree(collected: Collected, options: TreeOptions): string[] {
  const shown = rowsToShow(collected, options.sames);
  const children = new Map<string, ResourceRow[]>();
  for (const row of shown.values()) {
    const parent = row.step.parent;
    const key = parent !== undefined && shown.has(parent) ? parent : "";
    children.set(key, [...(children.get(key) ?? []), row]);
  }
  const lines: Line[] = [];
  const visit = (row: ResourceRow, prefix: string, branch: string) => {
    lines.push(describe(row, prefix + branch, options));
    const below = children.get(row.urn) ?? [];
    const inner = prefix + (branch === "" ? "" : branch === "├─ " ? "│  " : "   ");
    below.forEach((child, index) =>
      visit(child, inner, index === below.length - 1 ? "└─ " : "├─ "),
    );
  };
  for (const root of children.get("") ?? []) visit(root, "", "");
  return lines.length === 0 ? [] : align(lines, options);
}

/** Resources that change or failed (with `sames`: all of them), and their parents, without default providers. */
function rowsToShow(collected: Collected, sames: boolean): Map<string, ResourceRow> {
  const shown = new Map<string, ResourceRow>();
  const show = (row: ResourceRow) => {
    if (shown.has(row.urn)) return;
    const parent = collected.rows.get(row.step.parent ?? "");
    if (parent !== undefined) show(parent);
    shown.set(row.urn, row);
  };
  for (const row of collected.rows.values()) {
    if (isDefaultProvider(row.urn)) continue;
    const unchanged = row.step.operation === "same" && row.state !== "failed";
    if (!unchanged || sames) show(row);
  }
  return shown;
}

function describe(row: ResourceRow, branch: string, options: TreeOptions): Line {
  const { colors, dryRun } = options;
  const operation = operations[row.step.operation];
  const paint = colors[operation.color];
  const { type, name } = parseUrn(row.urn);
  const summary = diffSummary(propertyChanges(row.step, options.refresh));
  const took = dryRun || row.step.operation === "same" ? "" : ` (${seconds(row.seconds)})`;
  const retained = row.step.retained === true ? "[retain]" : "";
  const status =
    row.state === "failed"
      ? colors.bold(colors.red(`${operation.doing === "" ? "" : `${operation.doing} `}failed`)) +
        took
      : dryRun
        ? paint(operation.plan + retained)
        : row.state === "running"
          ? paint(operation.doing + retained)
          : paint(operation.done + retained) + took;
  return {
    symbol: paint(operation.symbol.padEnd(2)),
    type: branch + displayType(type),
    name,
    status,
    info: summary,
    details: options.details
      ? detailedChanges(row.step, options.refresh).map((change) => changeLine(change, colors))
      : [],
  };
}

export function changeLine(change: PropertyChange, colors: Colors): string {
  const forces = change.replaces ? colors.magenta(" (forces replacement)") : "";
  switch (change.kind) {
    case "add":
      return `${colors.green("+")} ${change.path}: ${shortText(change.new)}${forces}`;
    case "delete":
      return `${colors.red("-")} ${change.path}: ${shortText(change.old)}${forces}`;
    case "update":
      return `${colors.yellow("~")} ${change.path}: ${shortText(change.old)} => ${shortText(change.new)}${forces}`;
  }
}

/** Characters before the type and between two columns. */
const indent = 5;
const gap = 2;

function align(lines: readonly Line[], { colors, columns = Infinity }: TreeOptions): string[] {
  const width = (key: "type" | "name" | "status") =>
    Math.max(key.length, ...lines.map((line) => visible(line[key])));
  const statusWidth = width("status");
  const [typeWidth, nameWidth] = share(
    [width("type"), width("name")],
    columns - indent - 2 * gap - statusWidth,
  );
  const infoWidth = columns - indent - typeWidth - nameWidth - statusWidth - 3 * gap;
  const row = (symbol: string, type: string, name: string, status: string, info: string) =>
    [
      ` ${symbol}`,
      cut(type, typeWidth).padEnd(typeWidth),
      cut(name, nameWidth).padEnd(nameWidth),
      status + " ".repeat(statusWidth - visible(status)),
      infoWidth < 4 ? "" : colors.dim(cut(info, infoWidth)),
    ]
      .join(" ".repeat(gap))
      .trimEnd();
  return [
    colors.bold(row("  ", "Type", "Name", "Status", "Info")),
    ...lines.flatMap(({ symbol, type, name, status, info, details }) => [
      row(symbol, type, name, status, info),
      ...details.map((detail) => `        ${detail}`),
    ]),
  ];
}

/** Widths of two columns that have `space` characters together: the smaller column is cut last. */
function share([first, second]: [number, number], space: number): [number, number] {
  if (first + second <= space) return [first, second];
  const half = Math.max(1, Math.floor(space / 2));
  if (first <= half) return [first, Math.max(1, space - first)];
  if (second <= half) return [Math.max(1, space - second), second];
  return [half, Math.max(1, space - half)];
}

const cut = (text: string, width: number) =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

const visible = (text: string) => stripVTControlCharacters(text).length;
