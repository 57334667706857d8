import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { expect } from "chai";
import { launchHook, ScalingGroup, terminationHook } from "./scaling-group";

/** Replaces all at once, and does not judge the new ones for long. */
const inDev = { MinHealthyPercentage: 0, InstanceWarmup: 60 };
/** Launches before it terminates. */
const inProd = { MinHealthyPercentage: 100, MaxHealthyPercentage: 200, InstanceWarmup: 60 };

const failure = (call: Promise<unknown>) =>
  call.then(
    () => "succeeded",
    (error: Error) => error.name,
  );

describe("an instance refresh of the embedded cloud", () => {
  it("is pending, then in progress, and successful when the new instance has warmed up", async () => {
    const group = await ScalingGroup.create();
    const before = await group.find("InService");
    await group.refresh(inDev);
    const first = await group.lastRefresh();
    expect(first.InstanceRefreshId).to.match(/^[0-9a-f-]{36}$/);
    const running = await group.refreshReaches("InProgress");
    expect(running.StartTime).to.be.instanceOf(Date);
    expect(running).to.include({ PercentageComplete: 0, InstancesToUpdate: 1 });
    expect(await group.states()).to.deep.equal(["2 InService"]);
    expect(await group.find("InService")).not.to.equal(before);
    // "Once the instance refresh succeeds, Auto Scaling updates the settings of the group".
    expect(await group.version()).to.equal("1");
    await group.pass(60);
    const ended = await group.refreshReaches("Successful");
    expect(ended).to.include({ PercentageComplete: 100, InstancesToUpdate: 0 });
    expect(ended.EndTime).to.be.instanceOf(Date);
    expect(await group.version()).to.equal("2");
  });

  it("tells its preferences and the desired configuration", async () => {
    const group = await ScalingGroup.create();
    const preferences = {
      ...inProd,
      CheckpointPercentages: [50, 100],
      CheckpointDelay: 300,
      SkipMatching: true,
      AlarmSpecification: { Alarms: ["errors"] },
    };
    await group.refresh(preferences);
    const { Preferences, DesiredConfiguration } = await group.lastRefresh();
    expect(Preferences).to.deep.include(preferences);
    expect(DesiredConfiguration?.LaunchTemplate).to.include({ Version: "2" });
  });

  it("refuses a second one until the first has ended", async () => {
    const group = await ScalingGroup.create();
    await group.refresh(inDev);
    expect(await failure(group.refresh(inDev))).to.equal("InstanceRefreshInProgressFault");
    await group.refreshReaches("InProgress");
    await group.pass(60);
    await group.refresh(inDev, "1");
    await group.refreshReaches("InProgress");
  });

  it("waits at each checkpoint until its delay has passed after the warm-up", async () => {
    const group = await ScalingGroup.create({ DesiredCapacity: 4 });
    const checkpoints = { CheckpointPercentages: [25, 100], CheckpointDelay: 300 };
    await group.refresh({ ...inDev, ...checkpoints });
    await group.refreshReaches("InProgress");
    const canary = ["1 InService", "1 InService", "1 InService", "2 InService"];
    expect(await group.states()).to.deep.equal(canary);
    await group.pass(60);
    expect(await group.lastRefresh()).to.include({ PercentageComplete: 25, InstancesToUpdate: 3 });
    await group.pass(299);
    expect(await group.states()).to.deep.equal(canary);
    await group.pass(1);
    await group.reaches(...Array<string>(4).fill("2 InService"));
    await group.pass(60);
    await group.refreshReaches("Successful");
  });

  it("skips a checkpoint that a later one includes", async () => {
    const group = await ScalingGroup.create({ DesiredCapacity: 2 });
    const checkpoints = { CheckpointPercentages: [10, 40, 100], CheckpointDelay: 300 };
    await group.refresh({ ...inDev, ...checkpoints });
    await group.refreshReaches("InProgress");
    await group.pass(60);
    expect((await group.lastRefresh()).StatusReason).to.include("40 percent");
    await group.pass(300);
    await group.reaches("2 InService", "2 InService");
  });

  it("launches before it terminates with 100 and 200 percent, also the only instance", async () => {
    const group = await ScalingGroup.create({ LifecycleHookSpecificationList: [launchHook] });
    await group.complete(await group.find("Pending:Wait"), "CONTINUE");
    await group.reaches("1 InService");
    await group.refresh(inProd);
    await group.reaches("1 InService", "2 Pending:Wait");
    await group.complete(await group.find("Pending:Wait"), "CONTINUE");
    await group.reaches("1 InService", "2 InService");
    await group.pass(60);
    await group.reaches("2 InService");
    await group.refreshReaches("Successful");
  });

  it("keeps the healthy percentage in service", async () => {
    const group = await ScalingGroup.create({ DesiredCapacity: 4 });
    await group.refresh({ ...inDev, MinHealthyPercentage: 50 });
    const half = ["1 InService", "1 InService", "2 InService", "2 InService"];
    await group.reaches(...half);
    await group.pass(59);
    expect(await group.states()).to.deep.equal(half);
    await group.pass(1);
    await group.reaches(...Array<string>(4).fill("2 InService"));
  });

  it("replaces one at a time when the percentages allow none", async () => {
    const group = await ScalingGroup.create({ DesiredCapacity: 2 });
    await group.refresh({ InstanceWarmup: 60, MinHealthyPercentage: 90 });
    await group.reaches("1 InService", "2 InService");
    await group.pass(60);
    await group.reaches("2 InService", "2 InService");
  });

  it("does not wait for a terminating instance", async () => {
    const group = await ScalingGroup.create({ LifecycleHookSpecificationList: [terminationHook] });
    await group.refresh(inDev);
    await group.reaches("1 Terminating:Wait", "2 InService");
    await group.pass(60);
    await group.refreshReaches("Successful");
  });

  it("skips the instances that match, and succeeds at once when all do", async () => {
    const group = await ScalingGroup.create({ DesiredCapacity: 2 });
    const before = (await group.instances()).map(({ id }) => id);
    await group.refresh({ ...inDev, SkipMatching: true }, "1");
    expect(await group.refreshReaches("Successful")).to.include({ PercentageComplete: 100 });
    expect((await group.instances()).map(({ id }) => id)).to.deep.equal(before);
    await group.refresh(inDev, "1");
    await group.refreshReaches("InProgress");
    const replaced = (await group.instances()).filter(({ id }) => !before.includes(id));
    expect(replaced).to.have.length(2);
  });

  it("retries launches that are abandoned, and fails when none succeeds within an hour", async () => {
    const group = await ScalingGroup.create({ LifecycleHookSpecificationList: [launchHook] });
    await group.complete(await group.find("Pending:Wait"), "CONTINUE");
    await group.reaches("1 InService");
    await group.refresh(inProd);
    await group.reaches("1 InService", "2 Pending:Wait");
    const canary = await group.find("Pending:Wait");
    await group.complete(canary, "ABANDON");
    await group.reaches("1 InService", "2 Pending:Wait");
    expect(await group.find("Pending:Wait")).not.to.equal(canary);
    expect((await group.lastRefresh()).Status).to.equal("InProgress");
    await group.pass(3600);
    const failed = await group.refreshReaches("Failed");
    expect(failed.StatusReason).to.include("within an hour");
    await group.reaches("1 InService");
    expect(await group.version()).to.equal("1");
  });

  it("fails when one of its alarms is in ALARM, and replaces nothing more", async () => {
    const group = await ScalingGroup.create({ DesiredCapacity: 4 });
    const cloudWatch = new CloudWatch(group.account.clientConfig());
    await cloudWatch.putMetricAlarm({
      AlarmName: "errors",
      Namespace: "Test",
      MetricName: "Errors",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
    });
    await group.refresh({
      ...inDev,
      CheckpointPercentages: [25, 100],
      CheckpointDelay: 300,
      AlarmSpecification: { Alarms: ["errors"] },
    });
    await group.refreshReaches("InProgress");
    await cloudWatch.setAlarmState({
      AlarmName: "errors",
      StateValue: "ALARM",
      StateReason: "a test",
    });
    expect((await group.refreshReaches("Failed")).StatusReason).to.include("errors");
    await group.pass(3600);
    expect((await group.states()).filter((state) => state.startsWith("1"))).to.have.length(3);
  });

  it("bakes at its end when it has a bake time", async () => {
    const group = await ScalingGroup.create();
    await group.refresh({ ...inDev, BakeTime: 600 });
    await group.refreshReaches("InProgress");
    await group.pass(60);
    await group.refreshReaches("Baking");
    await group.pass(600);
    await group.refreshReaches("Successful");
  });

  it("is cancelled at once, or when its launches have ended", async () => {
    const group = await ScalingGroup.create({ LifecycleHookSpecificationList: [launchHook] });
    const { name: AutoScalingGroupName, autoScaling } = group;
    const cancel = (WaitForTransitioningInstances?: boolean) =>
      autoScaling.cancelInstanceRefresh({ AutoScalingGroupName, WaitForTransitioningInstances });
    expect(await failure(cancel())).to.equal("ActiveInstanceRefreshNotFoundFault");

    await group.refresh(inDev);
    await group.reaches("2 Pending:Wait");
    await cancel();
    await group.refreshReaches("Cancelling");
    expect(await failure(group.refresh(inDev))).to.equal("InstanceRefreshInProgressFault");
    await group.complete(await group.find("Pending:Wait"), "CONTINUE");
    expect((await group.refreshReaches("Cancelled")).EndTime).to.be.instanceOf(Date);
    // What was replaced stays, and the group keeps its own template.
    await group.reaches("2 InService");
    expect(await group.version()).to.equal("1");

    await group.refresh(inDev, "1");
    await group.reaches("1 Pending:Wait");
    await cancel(false);
    await group.refreshReaches("Cancelled");
    expect(await group.states()).to.deep.equal(["1 Pending:Wait"]);
  });

  it("goes back to the number of instances that the group should have when it is cancelled", async () => {
    const group = await ScalingGroup.create({ LifecycleHookSpecificationList: [launchHook] });
    await group.complete(await group.find("Pending:Wait"), "CONTINUE");
    await group.reaches("1 InService");
    await group.refresh(inProd);
    await group.reaches("1 InService", "2 Pending:Wait");
    await group.autoScaling.cancelInstanceRefresh({
      AutoScalingGroupName: group.name,
      WaitForTransitioningInstances: false,
    });
    await group.reaches("1 InService");
  });

  it("is rolled back: what it replaced gets the former template again", async () => {
    const group = await ScalingGroup.create({ DesiredCapacity: 2 });
    await group.refresh({ ...inDev, CheckpointPercentages: [50, 100], CheckpointDelay: 300 });
    await group.reaches("1 InService", "2 InService");
    const { name: AutoScalingGroupName, autoScaling } = group;
    const untouched = (await group.instances()).find(({ version }) => version === "1");
    await autoScaling.rollbackInstanceRefresh({ AutoScalingGroupName });
    const rollback = await group.refreshReaches("RollbackInProgress");
    expect(rollback.RollbackDetails?.RollbackReason).to.include("user");
    await group.reaches("1 InService", "1 InService");
    expect((await group.instances()).map(({ id }) => id)).to.include(untouched?.id);
    await group.pass(60);
    expect(await group.refreshReaches("RollbackSuccessful")).to.include({ PercentageComplete: 0 });
    expect(await group.version()).to.equal("1");
  });

  it("rolls itself back with AutoRollback, and nobody rolls back what has no desired configuration", async () => {
    const group = await ScalingGroup.create({ LifecycleHookSpecificationList: [launchHook] });
    const { name: AutoScalingGroupName, autoScaling } = group;
    await group.complete(await group.find("Pending:Wait"), "CONTINUE");
    await group.reaches("1 InService");
    await group.refresh({ ...inDev, AutoRollback: true });
    await group.reaches("2 Pending:Wait");
    await group.pass(3600);
    await group.refreshReaches("RollbackInProgress");
    await group.reaches("1 Pending:Wait");
    await group.complete(await group.find("Pending:Wait"), "CONTINUE");
    await group.reaches("1 InService");
    await group.pass(60);
    await group.refreshReaches("RollbackSuccessful");

    await autoScaling.startInstanceRefresh({ AutoScalingGroupName, Preferences: inDev });
    const rollback = autoScaling.rollbackInstanceRefresh({ AutoScalingGroupName });
    expect(await failure(rollback)).to.equal("IrreversibleInstanceRefreshFault");
  });

  it("leaves protected instances alone, replaces them, or waits an hour for them", async () => {
    for (const [ScaleInProtectedInstances, state, status] of [
      ["Ignore", "1 InService", "Successful"],
      ["Refresh", "2 InService", "InProgress"],
      ["Wait", "1 InService", "InProgress"],
    ] as const) {
      const group = await ScalingGroup.create({ NewInstancesProtectedFromScaleIn: true });
      await group.refresh({ ...inDev, ScaleInProtectedInstances });
      await group.refreshReaches(status);
      expect(await group.states()).to.deep.equal([state]);
      if (ScaleInProtectedInstances !== "Wait") continue;
      await group.pass(3600);
      await group.refreshReaches("Failed");
    }
  });

  it("refuses preferences that exclude each other", async () => {
    const group = await ScalingGroup.create();
    for (const preferences of [
      { MinHealthyPercentage: 0, MaxHealthyPercentage: 200 },
      { MinHealthyPercentage: 101 },
      { MinHealthyPercentage: 90, MaxHealthyPercentage: 99 },
      { CheckpointPercentages: [50, 50, 100] },
      { CheckpointDelay: 60 },
    ]) {
      expect(await failure(group.refresh(preferences))).to.equal("ValidationError");
    }
  });
});
