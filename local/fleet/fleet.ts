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
import { Machine } from "./machine";
import { parseUserData, type MachineSetup } from "./user-data";

export interface FleetOptions {
  /** Called in every round, because stacks are created and deleted. */
  scopes: () => Scope[];
  /** Folder of the machines' folders. */
  folder: string;
  processes: ProcessSet;
  log: (line: string) => void;
  lookEveryMs?: number;
}

/** Runs one worker process for every machine that the Auto Scaling groups have in service. */
export class Fleet {
  private readonly machines = new Map<string, Machine>();
  private readonly leaving = new Set<Promise<void>>();
  /** Instances without a worker, or with invalid user data. Each is reported once. */
  private readonly ignored = new Set<string>();
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
    const found = new Map<string, { scope: Scope; instance: Instance }>();
    for (const scope of this.options.scopes()) {
      for (const instance of await instancesInService(scope)) {
        if (instance.InstanceId !== undefined) found.set(instance.InstanceId, { scope, instance });
      }
    }
    for (const [id, machine] of this.machines) {
      if (!found.has(id)) this.retire(id, machine);
    }
    for (const [id, { scope, instance }] of found) {
      if (!this.machines.has(id) && !this.ignored.has(id)) await this.launch(id, scope, instance);
    }
  }

  private async launch(instanceId: string, scope: Scope, instance: Instance): Promise<void> {
    const { folder, processes, log } = this.options;
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
    const options = { instanceId, scope, setup, folder: join(folder, instanceId), processes, log };
    this.machines.set(instanceId, new Machine(options));
  }

  private retire(instanceId: string, machine: Machine): void {
    this.options.log(`${instanceId}: terminated`);
    this.machines.delete(instanceId);
    const stopped = machine.stop().finally(() => this.leaving.delete(stopped));
    this.leaving.add(stopped);
  }
}

async function instancesInService(scope: Scope): Promise<Instance[]> {
  const client = new AutoScalingClient(clientConfig(scope));
  try {
    const instances: Instance[] = [];
    for await (const page of paginateDescribeAutoScalingGroups({ client }, {})) {
      for (const group of page.AutoScalingGroups ?? []) instances.push(...(group.Instances ?? []));
    }
    return instances.filter((instance) => instance.LifecycleState === "InService");
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
