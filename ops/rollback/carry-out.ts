import { setTimeout as delay } from "node:timers/promises";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { withHeld, type ReleaseHold } from "../../contracts/release";
import { isActive, type Version } from "../../contracts/release-history";
import type { Group, Machine } from "../fleet/group";
import { onlineMachines, switchBundle, type SwitchResult } from "../fleet/switch-bundle";
import type { HoldParameter } from "../hold/hold-parameter";
import { howToSwitch, type PlannedMachine, type RollbackPlan } from "./plan";

/** How long a cancelled refresh may take to end. It waits for no machine. */
const cancellationMs = 120_000;

export interface MachineResult extends SwitchResult {
  id: string;
  how: PlannedMachine["how"];
}

export interface RollbackParts {
  group: Group;
  ssm: SSMClient;
  documentName: string;
  graceSeconds: number;
  hold: HoldParameter;
  /** What the hold says of this rollback. */
  reason: Pick<ReleaseHold[number], "by" | "reason">;
  /** One line for the person who waits. */
  progress: (line: string) => void;
}

/** Carries a plan out. Every step can be repeated, so a second run goes on where the first one ended. */
export async function carryOut(
  plan: RollbackPlan,
  versions: readonly Version[],
  parts: RollbackParts,
): Promise<MachineResult[]> {
  const { group, hold, progress } = parts;
  // First the hold: from here on no `up` brings the bundle back.
  if (plan.hold !== undefined) {
    const held = { bundle: plan.hold, runs: plan.to.bundle, since: new Date().toISOString() };
    await hold.write(withHeld(await hold.read(), { ...held, ...parts.reason }));
    progress(`up refuses the bundle from now on: ${hold.name}`);
  }
  const machines = new Machines(plan, versions, parts);
  await Promise.all([machines.switchOnline(plan.machines), setGroup(plan, parts)]);
  // Machines that came up meanwhile, and those whose agent does not answer. They are replaced only now, so that
  // the group launches the right version.
  const now = await group.machines();
  const planned = plan.machines.map(({ id }) => id);
  await machines.handleRest(plan.setsVersion ? now : now.filter(({ id }) => planned.includes(id)));
  return machines.results(await group.machines());
}

async function setGroup(
  { cancels, setsVersion, to }: RollbackPlan,
  { group, progress }: RollbackParts,
): Promise<void> {
  if (cancels !== undefined) {
    await group.cancelRefresh();
    await refreshEnds(group);
    progress("the instance refresh is cancelled");
  }
  if (setsVersion) {
    await group.useVersion(to.number);
    progress(`machines to come use version ${to.number}`);
  }
}

async function refreshEnds(group: Group): Promise<void> {
  const until = Date.now() + cancellationMs;
  while ((await group.refreshes()).some(isActive)) {
    if (Date.now() > until)
      throw new Error("The instance refresh was not cancelled in two minutes.");
    await delay(500);
  }
}

/** The machines of the group, each handled once. */
class Machines {
  private readonly done = new Map<string, MachineResult>();

  constructor(
    private readonly plan: RollbackPlan,
    private readonly versions: readonly Version[],
    private readonly parts: RollbackParts,
  ) {}

  async switchOnline(machines: readonly PlannedMachine[]): Promise<void> {
    await this.switch(machines.filter(({ how }) => how === "switch"));
  }

  async handleRest(machines: readonly Machine[]): Promise<void> {
    const { parts, plan, versions } = this;
    const rest = machines.filter(({ id }) => !this.done.has(id));
    const ids = rest.map(({ id }) => id);
    const online = await onlineMachines(parts.ssm, ids);
    const judged = rest.map((machine) => ({
      ...machine,
      how: howToSwitch(machine, online, plan.to, versions),
    }));
    const replaced = judged.filter(({ how }) => how === "replace");
    await Promise.all([
      this.switchOnline(judged),
      ...replaced.map(async ({ id }) => {
        await parts.group.replace(id);
        this.end(id, "replace", { ok: true, says: "Its agent did not answer: it is replaced." });
      }),
    ]);
    for (const { id, how } of judged) {
      if (how === "keep")
        this.end(id, how, { ok: true, says: "It was launched with this bundle." });
    }
  }

  /** A machine that has left the group meanwhile has not failed. */
  results(members: readonly Machine[]): MachineResult[] {
    const isMember = (id: string) => members.some((machine) => machine.id === id);
    return [...this.done.values()].map((result) =>
      result.ok || isMember(result.id)
        ? result
        : { ...result, ok: true, says: "It has left the group meanwhile." },
    );
  }

  private async switch(machines: readonly Machine[]): Promise<void> {
    if (machines.length === 0) return;
    const { documentName, graceSeconds, ssm } = this.parts;
    const ids = machines.map(({ id }) => id);
    const command = { documentName, sha256: this.plan.to.bundle, graceSeconds, ids };
    await switchBundle(ssm, command, (id, result) => this.end(id, "switch", result));
  }

  private end(id: string, how: MachineResult["how"], result: SwitchResult): void {
    this.done.set(id, { id, how, ...result });
    this.parts.progress(`${id}: ${result.ok ? "done" : "failed"}`);
  }
}
