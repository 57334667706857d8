import { createColors } from "picocolors";
import type { StepOperation } from "../../values/events";

export type Colors = ReturnType<typeof createColors>;

/** Colours for a stream: none without a terminal or with NO_COLOR. */
export function colorsFor(
  stream: NodeJS.WriteStream,
  environment: NodeJS.ProcessEnv = process.env,
): Colors {
  const { NO_COLOR, FORCE_COLOR } = environment;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== "0";
  return createColors((NO_COLOR ?? "") === "" && (forced || stream.isTTY));
}

interface OperationStyle {
  symbol: string;
  color: "green" | "yellow" | "red" | "magenta" | "cyan" | "dim";
  /** The words for a preview ("create"), a running step ("creating") and a finished step ("created"). */
  plan: string;
  doing: string;
  done: string;
  /** The word in the summary ("2 to create", "2 created"). */
  counted: string;
}

const style = (
  symbol: string,
  color: OperationStyle["color"],
  plan: string,
  doing: string,
  done: string,
  counted = plan,
): OperationStyle => ({ symbol, color, plan, doing, done, counted });

export const operations: Record<StepOperation, OperationStyle> = {
  same: style(" ", "dim", "", "", "", "unchanged"),
  create: style("+", "green", "create", "creating", "created"),
  update: style("~", "yellow", "update", "updating", "updated"),
  delete: style("-", "red", "delete", "deleting", "deleted"),
  replace: style("+-", "magenta", "replace", "replacing", "replaced"),
  "create-replacement": style(
    "++",
    "green",
    "create replacement",
    "creating replacement",
    "created replacement",
  ),
  "delete-replaced": style("--", "red", "delete original", "deleting original", "deleted original"),
  read: style(">", "cyan", "read", "reading", "read"),
  "read-replacement": style(
    ">>",
    "cyan",
    "read for replacement",
    "reading for replacement",
    "read for replacement",
  ),
  refresh: style("~", "yellow", "refresh", "refreshing", "refreshed"),
  discard: style("<", "red", "discard", "discarding", "discarded"),
  "discard-replaced": style(
    "<<",
    "red",
    "discard original",
    "discarding original",
    "discarded original",
  ),
  "remove-pending-replace": style(
    "~",
    "yellow",
    "complete replace",
    "completing replace",
    "completed replace",
  ),
  import: style("=", "green", "import", "importing", "imported"),
  "import-replacement": style(
    "=>",
    "green",
    "import replacement",
    "importing replacement",
    "imported replacement",
  ),
};

export const seconds = (value: number) =>
  value < 10 ? `${value.toFixed(1)}s` : `${Math.round(value)}s`;

/** "aws:sqs/queue:Queue" as "aws:sqs:Queue", as Pulumi shows it. */
export function displayType(type: string): string {
  const [packageName, module, name] = type.split(":");
  if (packageName === undefined || module === undefined || name === undefined) return type;
  const [folder, last] = module.split("/");
  const repeated = last !== undefined && last.toLowerCase() === name.toLowerCase();
  return repeated ? `${packageName}:${folder}:${name}` : type;
}
