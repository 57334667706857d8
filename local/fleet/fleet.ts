import { join } from "node:path";
import {
  AutoScalingClient,
  paginateDescribeAutoScalingGroups,
  type Instance,
} from "@aws-sdk/client-auto-scaling";
import { DescribeLaunchTemplateVersionsCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { ProcessSet } from "../process/process-set";
import { repeat, type Repetition } from "../process/repeat";
import { clientConfig, type Scope } from "../cloud/scope";
import { Agents } from "./agents";
import { LifecycleAction } from "./lifecycle-action";
import { Machine } from "./machine";
import { asMachine } from "./machine-credentials";
import { parseUserData, type MachineSetup } from "./user-data";

export interface FleetOptions {
  /** Called in every round, because stacks are created and deleted. */
  scopes: () => Scope[];
  /** Folder of the machines' folders. */
  folder: string;
  processes: ProcessSet;
  /** How much faster than a real clock the periods of alarms pass. Default 1. */
  clockSpeed?: number;
  log: (line: string) => void;
  lookEveryMs?: number;
}

/** An instance, and the group that it is in. */
interface Place {
  scope: Scope;
  group: string;
  instance: Instance;
}

/** Runs one worker process for every machine of the Auto Scaling groups, from its launch until it terminates. A launch
 *  hook holds an instance that has booted already, so its worker runs before the instance is in service. */
export class Fleet {
  private readonly machines = new Map<string, Machine>();
  private readonly leaving = new Set<Promise<void>>();
  /** Instances without a worker, with invalid user data, or that terminate. Each is reported once. */
  private readonly ignored = new Set<string>();
  /** By account and region. */
  private readonly agents = new Map<string, Agents>();
  private readonly watch: Repetition;

  constructor(private readonly options: FleetOptions) {
    this.watch = repeat(
      () => this.look(),
      options.lookEveryMs ?? 500,
      (error) => options.log(`fleet: ${String(error)}`),
    );
  }

  /** Process id of each machine's worker, by instance id. */
  workers(): Map<string, number | undefined> {
    return new Map([...this.machines].map(([id, machine]) => [id, machine.pid]));
  }

  async stop(): Promise<void> {
    await this.watch.stop();
    await Promise.all([...[...this.machines.values()].map((m) => m.stop()), ...this.leaving]);
    this.machines.clear();
  }

  private async look(): Promise<void> {
    const found = new Map<string, Place>();
    for (const scope of this.options.scopes()) {
      for (const place of await instancesOf(scope)) {
        found.set(place.instance.InstanceId ?? "", place);
      }
    }
    for (const [id, machine] of this.machines) {
      if (!isUp(found.get(id))) this.retire(id, machine);
    }
    for (const [id, place] of found) {
      if (this.machines.has(id) || this.ignored.has(id)) continue;
      if (isUp(place)) await this.launch(id, place);
      else if (place.instance.LifecycleState === "Terminating:Wait") await this.release(id, place);
    }
    for (const scope of this.options.scopes()) await this.runCommands(scope);
  }

  private async runCommands(scope: Scope): Promise<void> {
    const key = `${scope.accountId}/${scope.region}`;
    const agents = this.agents.get(key) ?? new Agents(scope, this.options.log);
    this.agents.set(key, agents);
    const isHere = ([, machine]: [string, Machine]) => machine.isIn(scope);
    await agents.turn(new Map([...this.machines].filter(isHere)));
  }

  /** Lets an instance go that was terminated while this fleet did not run. Its worker has ended with the fleet. */
  private async release(id: string, place: Place): Promise<void> {
    this.ignored.add(id);
    const setup = parseUserData(await userData(place.scope, place.instance));
    if (setup?.terminationHook === undefined) return;
    const action = { group: place.group, hook: setup.terminationHook, instanceId: id };
    await new LifecycleAction(asMachine(place.scope, id), action).complete("CONTINUE");
  }

  private async launch(instanceId: string, { scope, group, instance }: Place): Promise<void> {
    const { folder, processes, log, clockSpeed = 1 } = this.options;
    let setup: MachineSetup | undefined;
    try {
      setup = parseUserData(await userData(scope, instance));
    } catch (error) {
      log(`${instanceId}: ${String(error)}`);
      this.ignored.add(instanceId);
      return;
    }
    if (setup === undefined) {
      log(`${instanceId}: its user data starts no worker; no process is started`);
      this.ignored.add(instanceId);
      return;
    }
    const own = { folder: join(folder, instanceId), processes, log, clockSpeed };
    this.machines.set(instanceId, new Machine({ instanceId, scope, group, setup, ...own }));
  }

  private retire(instanceId: string, machine: Machine): void {
    const { log } = this.options;
    log(`${instanceId}: terminated`);
    this.machines.delete(instanceId);
    this.ignored.add(instanceId);
    const stopped = machine
      .drain()
      .catch((error) => log(`${instanceId}: not drained: ${String(error)}`))
      .finally(() => this.leaving.delete(stopped));
    this.leaving.add(stopped);
  }
}

/** From the launch, also while a hook holds it, until it terminates. */
const isUp = (place: Place | undefined) =>
  /^(Pending|InService)/.test(place?.instance.LifecycleState ?? "");

async function instancesOf(scope: Scope): Promise<Place[]> {
  const client = new AutoScalingClient(clientConfig(scope));
  try {
    const places: Place[] = [];
    for await (const page of paginateDescribeAutoScalingGroups({ client }, {})) {
      for (const { AutoScalingGroupName: group = "", Instances = [] } of page.AutoScalingGroups ??
        []) {
        places.push(...Instances.map((instance) => ({ scope, group, instance })));
      }
    }
    return places;
  } finally {
    client.destroy();
  }
}

/** User data of the launch template version that the instance was launched with. */
async function userData(scope: Scope, instance: Instance): Promise<string> {
  const template = instance.LaunchTemplate;
  const id = template?.LaunchTemplateId ?? template?.LaunchTemplateName;
  if (id === undefined) return "";
  const client = new EC2Client(clientConfig(scope));
  try {
    const named = id.startsWith("lt-") ? { LaunchTemplateId: id } : { LaunchTemplateName: id };
    const { LaunchTemplateVersions } = await client.send(
      new DescribeLaunchTemplateVersionsCommand({
        ...named,
        Versions: [template?.Version ?? "$Default"],
      }),
    );
    return LaunchTemplateVersions?.[0]?.LaunchTemplateData?.UserData ?? "";
  } finally {
    client.destroy();
  }
}
