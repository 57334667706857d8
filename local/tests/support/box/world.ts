import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Properties = Record<string, unknown>;

export interface Call {
  operation: "check" | "diff" | "create" | "read" | "update" | "delete" | "invoke" | "configure";
  /** Name of the resource, or token of the function. */
  name: string;
  properties: Properties;
}

interface Fault {
  operation: Call["operation"];
  name: string;
  message: string;
}

/** The cloud of the test provider: what exists, what was asked of it, and what goes wrong. */
export class World {
  readonly things = new Map<string, Properties>();
  readonly calls: Call[] = [];
  private readonly faults: Fault[] = [];
  private readonly gates = new Map<string, { reached(): void; opened: Promise<void> }>();
  private count = 0;
  /** Creates, reads, updates and deletes at this moment, and the most there ever were. */
  running = 0;
  mostRunning = 0;

  /** With a folder, what exists outlives the process and is shared with others: a file for each thing. */
  constructor(private readonly folder?: string) {
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
  }

  /** The next such operation on the resource fails. */
  failNext(operation: Fault["operation"], name: string, message: string): void {
    this.faults.push({ operation, name, message });
  }

  /** The next operation on the resource waits until it is released. */
  hold(name: string): { reached: Promise<void>; release(): void } {
    let reached: () => void = () => undefined;
    let release: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => (reached = resolve));
    const opened = new Promise<void>((resolve) => (release = resolve));
    this.gates.set(name, { reached, opened });
    return { reached: arrival, release };
  }

  operations(...kinds: Call["operation"][]): string[] {
    return this.calls
      .filter(({ operation }) => kinds.includes(operation))
      .map(({ operation, name }) => `${operation} ${name}`);
  }

  newId(name: string): string {
    this.count += 1;
    const origin = this.folder === undefined ? this.things.size : process.pid;
    return `${name}-${origin}-${this.count}`;
  }

  put(id: string, thing: Properties): void {
    if (this.folder === undefined) this.things.set(id, thing);
    else writeFileSync(this.file(id), JSON.stringify(thing));
  }

  remove(id: string): void {
    if (this.folder === undefined) this.things.delete(id);
    else rmSync(this.file(id), { force: true });
  }

  get(id: string): Properties | undefined {
    if (this.folder === undefined) return this.things.get(id);
    if (!existsSync(this.file(id))) return undefined;
    return JSON.parse(readFileSync(this.file(id), "utf8")) as Properties;
  }

  async enter<T>(call: Call, work: () => T): Promise<T> {
    this.calls.push(call);
    const at = this.faults.findIndex(
      ({ operation, name }) => operation === call.operation && name === call.name,
    );
    if (at >= 0) throw new Error(this.faults.splice(at, 1)[0]?.message);
    const changes = ["create", "update", "delete", "read"].includes(call.operation);
    const gate = changes ? this.gates.get(call.name) : undefined;
    if (changes) this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      if (gate !== undefined) {
        this.gates.delete(call.name);
        gate.reached();
        await gate.opened;
      }
      // One turn of the event loop: whatever came at the same time is under way by then.
      await new Promise((resolve) => setImmediate(resolve));
      return work();
    } finally {
      if (changes) this.running -= 1;
    }
  }

  private file(id: string): string {
    return join(this.folder ?? "", `${id}.json`);
  }
}
