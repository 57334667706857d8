import {
  AutoScaling,
  type CreateAutoScalingGroupCommandInput,
  type InstanceRefresh,
  type LifecycleHookSpecification,
  type RefreshPreferences,
} from "@aws-sdk/client-auto-scaling";
import { EC2 } from "@aws-sdk/client-ec2";
import { expect } from "chai";
import { embeddedCloud, type TestAccount } from "../../../tests/support/cloud";
import { eventually } from "../../../tests/support/eventually";

export const launchHook: LifecycleHookSpecification = {
  LifecycleHookName: "works",
  LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
  HeartbeatTimeout: 600,
  DefaultResult: "ABANDON",
};
export const terminationHook: LifecycleHookSpecification = {
  LifecycleHookName: "finish",
  LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
  HeartbeatTimeout: 600,
  DefaultResult: "CONTINUE",
};

/** An Auto Scaling group in an account of its own, whose template has the versions 1 and 2. */
export class ScalingGroup {
  readonly name = "machines";
  readonly autoScaling: AutoScaling;

  private constructor(readonly account: TestAccount) {
    this.autoScaling = new AutoScaling(account.clientConfig());
  }

  static async create(
    settings: Partial<CreateAutoScalingGroupCommandInput> = {},
  ): Promise<ScalingGroup> {
    const group = new ScalingGroup((await embeddedCloud()).account());
    const ec2 = new EC2(group.account.clientConfig());
    const LaunchTemplateData = { InstanceType: "t3.medium" } as const;
    await ec2.createLaunchTemplate({ LaunchTemplateName: "machine", LaunchTemplateData });
    await ec2.createLaunchTemplateVersion({ LaunchTemplateName: "machine", LaunchTemplateData });
    await group.autoScaling.createAutoScalingGroup({
      AutoScalingGroupName: group.name,
      LaunchTemplate: { LaunchTemplateName: "machine", Version: "1" },
      AvailabilityZones: ["ap-northeast-1a"],
      MinSize: 0,
      MaxSize: 10,
      DesiredCapacity: 1,
      DefaultCooldown: 0,
      ...settings,
    });
    return group;
  }

  async instances() {
    const { AutoScalingGroups } = await this.autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [this.name],
    });
    return (AutoScalingGroups?.[0]?.Instances ?? []).map((instance) => ({
      id: instance.InstanceId ?? "",
      state: instance.LifecycleState ?? "",
      version: instance.LaunchTemplate?.Version ?? "",
    }));
  }

  /** The states of the instances, with the version of their template: "1 InService". */
  async states(): Promise<string[]> {
    return (await this.instances()).map(({ state, version }) => `${version} ${state}`).sort();
  }

  async version(): Promise<string | undefined> {
    const { AutoScalingGroups } = await this.autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [this.name],
    });
    return AutoScalingGroups?.[0]?.LaunchTemplate?.Version;
  }

  /** Waits until the states are these, in any order. */
  async reaches(...states: string[]): Promise<void> {
    const wanted = [...states].sort();
    const isReached = async () => (await this.states()).join() === wanted.join();
    await eventually("other instances", isReached, 20_000).catch(async () =>
      // So that the failure shows what there is instead.
      expect(await this.states()).to.deep.equal(wanted),
    );
  }

  async find(state: string): Promise<string> {
    const found = (await this.instances()).find((instance) => instance.state === state);
    if (found === undefined) throw new Error(`No instance is ${state}.`);
    return found.id;
  }

  complete(
    InstanceId: string,
    LifecycleActionResult: "CONTINUE" | "ABANDON",
    LifecycleHookName = "works",
  ) {
    return this.autoScaling.completeLifecycleAction({
      AutoScalingGroupName: this.name,
      LifecycleHookName,
      InstanceId,
      LifecycleActionResult,
    });
  }

  resize(DesiredCapacity: number) {
    return this.autoScaling.setDesiredCapacity({
      AutoScalingGroupName: this.name,
      DesiredCapacity,
    });
  }

  /** Starts a refresh to version 2. */
  async refresh(Preferences: RefreshPreferences, Version = "2"): Promise<void> {
    await this.autoScaling.startInstanceRefresh({
      AutoScalingGroupName: this.name,
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: "machine", Version } },
      Preferences,
    });
  }

  async lastRefresh(): Promise<InstanceRefresh> {
    const { InstanceRefreshes } = await this.autoScaling.describeInstanceRefreshes({
      AutoScalingGroupName: this.name,
    });
    return InstanceRefreshes?.[0] ?? {};
  }

  async refreshReaches(status: string): Promise<InstanceRefresh> {
    const isReached = async () => (await this.lastRefresh()).Status === status;
    await eventually("another status", isReached, 20_000).catch(() => undefined);
    const refresh = await this.lastRefresh();
    expect(refresh.Status, refresh.StatusReason).to.equal(status);
    return refresh;
  }

  pass(seconds: number): Promise<void> {
    return this.account.passTime(seconds);
  }
}
