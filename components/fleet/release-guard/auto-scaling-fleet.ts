import {
  ActiveInstanceRefreshNotFoundFault,
  CancelInstanceRefreshCommand,
  DescribeAutoScalingGroupsCommand,
  InstanceRefreshInProgressFault,
  paginateDescribeInstanceRefreshes,
  StartInstanceRefreshCommand,
  type AutoScalingClient,
} from "@aws-sdk/client-auto-scaling";
import { paginateDescribeLaunchTemplateVersions, type EC2Client } from "@aws-sdk/client-ec2";
import {
  never,
  toRefresh,
  toVersion,
  type FleetState,
  type Refresh,
  type Version,
} from "../../../contracts/release-history";
import type { Fleet } from "./guard";

/** An Auto Scaling group that uses a numbered version of its launch template. */
export class AutoScalingFleet implements Fleet {
  constructor(
    private readonly clients: { autoScaling: AutoScalingClient; ec2: EC2Client },
    private readonly settings: { group: string; template: string; warmUpSeconds: number },
  ) {}

  async readState(): Promise<FleetState> {
    const { group } = this.settings;
    const { AutoScalingGroups } = await this.clients.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
    );
    const found = AutoScalingGroups?.[0];
    const current = Number(found?.LaunchTemplate?.Version);
    if (found === undefined || Number.isNaN(current)) {
      throw new Error(
        `The Auto Scaling group ${group} does not exist, or has no numbered version of a launch template.`,
      );
    }
    const [versions, refreshes] = await Promise.all([this.versions(), this.refreshes()]);
    return { createdAt: found.CreatedTime ?? never, current, versions, refreshes };
  }

  async cancelRefresh(): Promise<void> {
    try {
      await this.clients.autoScaling.send(
        new CancelInstanceRefreshCommand({
          AutoScalingGroupName: this.settings.group,
          // Otherwise a machine that the bad release is starting delays the rollback.
          WaitForTransitioningInstances: false,
        }),
      );
    } catch (error) {
      // The refresh has ended meanwhile.
      if (!(error instanceof ActiveInstanceRefreshNotFoundFault)) throw error;
    }
  }

  async startRollback(version: number): Promise<boolean> {
    const { group, template, warmUpSeconds } = this.settings;
    try {
      await this.clients.autoScaling.send(
        new StartInstanceRefreshCommand({
          AutoScalingGroupName: group,
          Strategy: "Rolling",
          DesiredConfiguration: {
            LaunchTemplate: { LaunchTemplateId: template, Version: String(version) },
          },
          // No canary and no alarms: the version is known to be good, and the alarm that is on would stop it.
          Preferences: {
            MinHealthyPercentage: 0,
            InstanceWarmup: warmUpSeconds,
            SkipMatching: true,
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof InstanceRefreshInProgressFault) return false;
      throw error;
    }
  }

  private async versions(): Promise<Version[]> {
    const pages = paginateDescribeLaunchTemplateVersions(
      { client: this.clients.ec2 },
      { LaunchTemplateId: this.settings.template },
    );
    const versions: Version[] = [];
    for await (const page of pages) {
      versions.push(...(page.LaunchTemplateVersions ?? []).map(toVersion));
    }
    return versions;
  }

  private async refreshes(): Promise<Refresh[]> {
    const pages = paginateDescribeInstanceRefreshes(
      { client: this.clients.autoScaling },
      { AutoScalingGroupName: this.settings.group },
    );
    const refreshes: Refresh[] = [];
    for await (const page of pages)
      refreshes.push(...(page.InstanceRefreshes ?? []).map(toRefresh));
    return refreshes;
  }
}
