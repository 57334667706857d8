import { stripVTControlCharacters } from "node:util";
import type { EngineEvent } from "../../values/events";
import { isDefaultProvider, parseUrn } from "../../values/urn";
import { displayType, operations, seconds, type Colors } from "./style";

/** Shows the progress on stderr. On a terminal: a few lines that are redrawn. Otherwise: one line per
 *  change, for the log of a pipeline. */
export class Progress {
  private readonly running = new Map<string, { text: string; since: number }>();
  private readonly start = performance.now();
  private drawn = 0;
  private done = 0;
  private note = "";
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly colors: Colors,
    private readonly title: string,
    /** What happens before the first resource, such as "starting the program". */
    private readonly first: string,
  ) {
    if (!stream.isTTY) return;
    this.timer = setInterval(() => this.draw(), 100);
    this.timer.unref();
    this.draw();
  }

  add(event: EngineEvent): void {
    switch (event.type) {
      case "resourcePre":
        if (event.step.operation !== "same" && !isDefaultProvider(event.step.urn)) {
          const { plan, doing } = operations[event.step.operation];
          const text = `${event.dryRun ? plan : doing} ${label(event.step.urn)}`;
          this.running.set(event.step.urn, { text, since: performance.now() });
        }
        break;
      case "resourceOutputs":
      case "resourceFailed":
        this.running.delete(event.step.urn);
        this.done += 1;
        this.finished(event);
        break;
      case "diagnostic":
        if (event.severity !== "debug") this.tell(event.message);
        break;
      case "policyLoaded":
        this.tell(`Policy pack ${event.pack} ready (${event.rules} rules)`);
        break;
      default:
    }
  }

  /** A line that stays in a log, and the last line of a terminal's block. */
  tell(text: string): void {
    const line = stripVTControlCharacters(text).trim().split("\n")[0] ?? "";
    if (line === "") return;
    this.note = line;
    if (!this.stream.isTTY) this.stream.write(`  ${line}\n`);
  }

  close(): void {
    clearInterval(this.timer);
    this.erase();
  }

  private finished(event: Extract<EngineEvent, { type: "resourceOutputs" | "resourceFailed" }>) {
    const { operation, urn } = event.step;
    if (this.stream.isTTY || operation === "same" || isDefaultProvider(urn)) return;
    const { symbol, plan, doing, done } = operations[operation];
    const took = event.dryRun ? "" : ` (${seconds(event.seconds)})`;
    const what = event.type === "resourceFailed" ? `${doing} failed` : event.dryRun ? plan : done;
    this.stream.write(` ${symbol.padEnd(2)} ${label(urn)} ${what}${took}\n`);
  }

  /** Removes the block from the terminal, so that other text can be printed. */
  erase(): void {
    if (!this.stream.isTTY || this.drawn === 0) return;
    this.stream.cursorTo(0);
    this.stream.moveCursor(0, -this.drawn);
    this.stream.clearScreenDown();
    this.drawn = 0;
  }

  private draw(): void {
    // Less high than the terminal: lines that have scrolled out cannot be redrawn.
    const rows = Math.max(0, Math.min(10, this.stream.rows - 4));
    const running = [...this.running.values()]
      .slice(0, rows)
      .map(({ text, since }) => `  ${text} ${seconds((performance.now() - since) / 1000)}`);
    const resources = this.done === 1 ? "resource" : "resources";
    const state =
      this.done + this.running.size === 0 ? this.first : `${this.done} ${resources} processed`;
    const elapsed = seconds((performance.now() - this.start) / 1000);
    const lines = [`${this.title}: ${state} (${elapsed})`, ...running];
    if (this.note !== "") lines.push(this.colors.dim(`  ${this.note}`));
    this.erase();
    this.stream.write(noWrap(lines.map((line) => `${line}\n`).join("")));
    this.drawn = lines.length;
  }
}

/** The terminal cuts long lines itself, because only the terminal knows the width of its characters. */
const noWrap = (text: string) => `\u001b[?7l${text}\u001b[?7h`;

const label = (urn: string) => {
  const { type, name } = parseUrn(urn);
  return `${displayType(type)} ${name}`;
};
