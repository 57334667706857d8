import { z } from "zod";
import type { Scope } from "../cloud/scope";
import type { Machine } from "./machine";
import { runCommand } from "./run-command";
import type { ScriptResult } from "./script-result";

const command = z.object({
  commandId: z.string(),
  instanceId: z.string(),
  document: z.unknown(),
  parameters: z.record(z.string(), z.array(z.string())),
});
const answer = z.object({ commands: z.array(command) });

type Command = z.output<typeof command>;
type Result = ScriptResult & { commandId: string; instanceId: string };

/** The Systems Manager agents of the machines in one scope: fetch the commands for them, and return the results. */
export class Agents {
  private results: Result[] = [];

  constructor(
    private readonly scope: Scope,
    private readonly log: (line: string) => void,
  ) {}

  async turn(machines: ReadonlyMap<string, Machine>): Promise<void> {
    if (machines.size === 0 && this.results.length === 0) return;
    // A copy: other scripts end while the request runs.
    const sent = [...this.results];
    const response = await fetch(`${this.scope.endpoint}/_local/agents`, {
      method: "POST",
      body: JSON.stringify({
        account: this.scope.accountId,
        region: this.scope.region,
        instances: [...machines.keys()],
        results: sent,
      }),
    });
    if (!response.ok) throw new Error(`the agents were answered ${response.status}`);
    this.results = this.results.slice(sent.length);
    for (const one of answer.parse(await response.json()).commands) {
      const machine = machines.get(one.instanceId);
      if (machine !== undefined) void this.run(machine, one);
    }
  }

  private async run(machine: Machine, one: Command): Promise<void> {
    const { commandId, instanceId } = one;
    this.log(`${instanceId}: runs the command ${commandId}`);
    const result = await runCommand(machine, one).catch((error: unknown) => ({
      exitCode: 1,
      stdout: "",
      stderr: `${String(error)}\n`,
    }));
    this.results.push({ ...result, commandId, instanceId });
  }
}
