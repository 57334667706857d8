import {
  ActiveInstanceRefreshNotFoundFault,
  CancelInstanceRefreshCommand,
  DescribeAutoScalingGroupsCommand,
  paginateDescribeInstanceRefreshes,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingClient,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { paginateDescribeLaunchTemplateVersions, type EC2Client } from "@aws-sdk/client-ec2";
import {
  never,
  toRefresh,
  toVersion,
  type FleetState,
  type Refresh,
  type Version,
} from "../../contracts/release-history";
import { OpsError } from "../cli/fault";

export interface Machine {
  id: string;
  /** "InService", "Pending:Wait" … Source: LifecycleState of the Auto Scaling API. */
  state: string;
  /** Version of the launch template that it was launched from. */
  version: number | undefined;
}

export interface GroupState extends FleetState {
  machines: Machine[];
}

/** The Auto Scaling group of a fleet. */
export class Group {
  constructor(
    private readonly clients: { autoScaling: AutoScalingClient; ec2: EC2Client },
    readonly name: string,
    private readonly templateId: string,
  ) {}

  async read(): Promise<GroupState> {
    const [found, versions, refreshes] = await Promise.all([
      this.describe(),
      this.versions(),
      this.refreshes(),
    ]);
    const current = Number(found.LaunchTemplate?.Version);
    if (Number.isNaN(current)) {
      throw new OpsError(`The Auto Scaling group ${this.name} has no numbered version.`);
    }
    return {
      createdAt: found.CreatedTime ?? never,
      current,
      versions,
      refreshes,
      machines: machinesOf(found),
    };
  }

  /** Machines that do not terminate. */
  async machines(): Promise<Machine[]> {
    return machinesOf(await this.describe());
  }

  async cancelRefresh(): Promise<void> {
    try {
      await this.clients.autoScaling.send(
        new CancelInstanceRefreshCommand({
          AutoScalingGroupName: this.name,
          // Otherwise a machine that the bad release is starting delays the rollback.
          WaitForTransitioningInstances: false,
        }),
      );
    } catch (error) {
      // The refresh has ended meanwhile.
      if (!(error instanceof ActiveInstanceRefreshNotFoundFault)) throw error;
    }
  }

  async useVersion(version: number): Promise<void> {
    await this.clients.autoScaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: this.name,
        LaunchTemplate: { LaunchTemplateId: this.templateId, Version: String(version) },
      }),
    );
  }

  /** The group launches another machine instead. */
  async replace(id: string): Promise<void> {
    await this.clients.autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: id,
        ShouldDecrementDesiredCapacity: false,
      }),
    );
  }

  async refreshes(): Promise<Refresh[]> {
    const pages = paginateDescribeInstanceRefreshes(
      { client: this.clients.autoScaling },
      { AutoScalingGroupName: this.name },
    );
    const refreshes: Refresh[] = [];
    for await (const page of pages)
      refreshes.push(...(page.InstanceRefreshes ?? []).map(toRefresh));
    return refreshes;
  }

  private async versions(): Promise<Version[]> {
    const pages = paginateDescribeLaunchTemplateVersions(
      { client: this.clients.ec2 },
      { LaunchTemplateId: this.templateId },
    );
    const versions: Version[] = [];
    for await (const page of pages)
      versions.push(...(page.LaunchTemplateVersions ?? []).map(toVersion));
    return versions;
  }

  private async describe(): Promise<AutoScalingGroup> {
    const { AutoScalingGroups } = await this.clients.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [this.name] }),
    );
    const found = AutoScalingGroups?.[0];
    if (found === undefined) {
      throw new OpsError(`The Auto Scaling group ${this.name} does not exist.`);
    }
    return found;
  }
}

const machinesOf = ({ Instances = [] }: AutoScalingGroup): Machine[] =>
  Instances.map(({ InstanceId = "", LifecycleState = "", LaunchTemplate }) => ({
    id: InstanceId,
    state: LifecycleState,
    version: LaunchTemplate?.Version === undefined ? undefined : Number(LaunchTemplate.Version),
  })).filter(({ state }) => !state.startsWith("Terminat"));
