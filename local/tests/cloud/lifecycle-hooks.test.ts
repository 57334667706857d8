import { expect } from "chai";
import { launchHook, ScalingGroup, terminationHook } from "./scaling-group";

const failure = (call: Promise<unknown>) =>
  call.then(
    () => "succeeded",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("a lifecycle hook of the embedded cloud", () => {
  const withHooks = (...LifecycleHookSpecificationList: (typeof launchHook)[]) =>
    ScalingGroup.create({ LifecycleHookSpecificationList });

  it("is there before the first instance, and holds it until the action is completed", async () => {
    const group = await withHooks(launchHook);
    expect(await group.states()).to.deep.equal(["1 Pending:Wait"]);
    await group.complete(await group.find("Pending:Wait"), "CONTINUE");
    await group.reaches("1 InService");
  });

  it("holds nothing that was launched before it, and the next instance", async () => {
    const group = await ScalingGroup.create();
    await group.autoScaling.putLifecycleHook({
      AutoScalingGroupName: group.name,
      ...launchHook,
    });
    expect(await group.states()).to.deep.equal(["1 InService"]);
    await group.resize(2);
    expect(await group.states()).to.deep.equal(["1 InService", "1 Pending:Wait"]);
  });

  it("replaces an instance whose launch is abandoned, and says so in the activities", async () => {
    const group = await withHooks(launchHook);
    const first = await group.find("Pending:Wait");
    await group.complete(first, "ABANDON");
    await group.reaches("1 Pending:Wait");
    expect(await group.find("Pending:Wait")).not.to.equal(first);
    const { Activities = [] } = await group.autoScaling.describeScalingActivities({
      AutoScalingGroupName: group.name,
    });
    const abandoned = Activities.find(({ StatusCode }) => StatusCode === "Cancelled");
    expect(abandoned?.Description).to.equal(`Launching a new EC2 instance: ${first}`);
    expect(abandoned?.StatusMessage).to.match(/was abandoned: Lifecycle Action Completed with ABA/);
  });

  it("launches more slowly when launches are abandoned again and again", async () => {
    const group = await withHooks(launchHook);
    for (let count = 0; count < 3; count += 1) {
      await group.reaches("1 Pending:Wait");
      await group.complete(await group.find("Pending:Wait"), "ABANDON");
    }
    expect(await group.states()).to.deep.equal([]);
    await group.pass(30);
    await group.reaches("1 Pending:Wait");
  });

  it("ends with its default result after the heartbeat timeout, and a heartbeat begins it anew", async () => {
    for (const [DefaultResult, state] of [
      ["CONTINUE", "1 InService"],
      ["ABANDON", "1 Pending:Wait"],
    ] as const) {
      const group = await withHooks({ ...launchHook, DefaultResult });
      const first = await group.find("Pending:Wait");
      await group.pass(400);
      await group.autoScaling.recordLifecycleActionHeartbeat({
        AutoScalingGroupName: group.name,
        LifecycleHookName: launchHook.LifecycleHookName,
        InstanceId: first,
      });
      await group.pass(400);
      expect(await group.find("Pending:Wait")).to.equal(first);
      await group.pass(200);
      await group.reaches(state);
      expect((await group.instances())[0]?.id === first).to.equal(DefaultResult === "CONTINUE");
    }
  });

  it("ends after 100 heartbeat timeouts, however many heartbeats there are", async () => {
    const group = await withHooks({ ...launchHook, HeartbeatTimeout: 30 });
    const first = await group.find("Pending:Wait");
    for (let passed = 0; passed < 3000; passed += 29) {
      await group.autoScaling.recordLifecycleActionHeartbeat({
        AutoScalingGroupName: group.name,
        LifecycleHookName: launchHook.LifecycleHookName,
        InstanceId: first,
      });
      await group.pass(29);
    }
    expect((await group.instances())[0]?.id).not.to.equal(first);
  });

  it("refuses an action that is completed already, or that never was", async () => {
    const group = await withHooks(launchHook);
    const first = await group.find("Pending:Wait");
    await group.complete(first, "CONTINUE");
    const refusal = `ValidationError: No active Lifecycle Action found with instance ID ${first}`;
    expect(await failure(group.complete(first, "CONTINUE"))).to.equal(refusal);
    expect(await failure(group.complete(first, "CONTINUE", "other"))).to.equal(refusal);
    const heartbeat = group.autoScaling.recordLifecycleActionHeartbeat({
      AutoScalingGroupName: group.name,
      LifecycleHookName: launchHook.LifecycleHookName,
      InstanceId: first,
    });
    expect(await failure(heartbeat)).to.equal(refusal);
  });

  it("holds a terminating instance, and its replacement does not wait for that", async () => {
    const group = await withHooks(terminationHook);
    const first = await group.find("InService");
    const { Activity } = await group.autoScaling.terminateInstanceInAutoScalingGroup({
      InstanceId: first,
      ShouldDecrementDesiredCapacity: false,
    });
    expect(Activity?.Description).to.equal(`Terminating EC2 instance: ${first}`);
    expect(Activity?.StatusCode).to.equal("MidLifecycleAction");
    expect(await group.states()).to.deep.equal(["1 InService", "1 Terminating:Wait"]);
    await group.complete(first, "CONTINUE", "finish");
    await group.reaches("1 InService");
    expect(await group.find("InService")).not.to.equal(first);
  });

  it("terminates also when the termination is abandoned or times out", async () => {
    for (const end of ["ABANDON", "timeout"] as const) {
      const group = await withHooks(terminationHook);
      await group.resize(0);
      await group.reaches("1 Terminating:Wait");
      const leaving = await group.find("Terminating:Wait");
      if (end === "timeout") await group.pass(600);
      else await group.complete(leaving, "ABANDON", "finish");
      await group.reaches();
    }
  });

  it("completes what waits for it when it is deleted", async () => {
    const group = await withHooks(launchHook);
    const first = await group.find("Pending:Wait");
    await group.autoScaling.deleteLifecycleHook({
      AutoScalingGroupName: group.name,
      LifecycleHookName: launchHook.LifecycleHookName ?? "",
    });
    // "ABANDON for launching instances". Its replacement has no hook to wait for.
    await group.reaches("1 InService");
    expect(await group.find("InService")).not.to.equal(first);
  });

  it("does not hold up the deletion of the group by force, and without force the group stays", async () => {
    const group = await withHooks(launchHook);
    const { name: AutoScalingGroupName, autoScaling } = group;
    const deletion = autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName });
    expect(await failure(deletion)).to.include("ResourceInUse");
    await autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true });
    expect(await group.states()).to.deep.equal([]);
  });
});

describe("an instance of the embedded cloud", () => {
  it("is in service at once without hooks, as many as the group should have", async () => {
    const group = await ScalingGroup.create({ DesiredCapacity: 2 });
    expect(await group.states()).to.deep.equal(["1 InService", "1 InService"]);
    await group.resize(1);
    expect(await group.states()).to.deep.equal(["1 InService"]);
  });

  it("is replaced when it is terminated by its group's request or reported as unhealthy", async () => {
    const group = await ScalingGroup.create();
    const seen = new Set([await group.find("InService")]);
    await group.autoScaling.terminateInstanceInAutoScalingGroup({
      InstanceId: await group.find("InService"),
      ShouldDecrementDesiredCapacity: false,
    });
    seen.add(await group.find("InService"));
    await group.autoScaling.setInstanceHealth({
      InstanceId: await group.find("InService"),
      HealthStatus: "Unhealthy",
    });
    seen.add(await group.find("InService"));
    expect(seen.size).to.equal(3);
  });

  it("is not replaced when the capacity is decremented, and not below the minimum", async () => {
    const group = await ScalingGroup.create({ MinSize: 1, DesiredCapacity: 2 });
    const terminate = async () =>
      group.autoScaling.terminateInstanceInAutoScalingGroup({
        InstanceId: await group.find("InService"),
        ShouldDecrementDesiredCapacity: true,
      });
    await terminate();
    expect(await group.states()).to.deep.equal(["1 InService"]);
    expect(await failure(terminate())).to.match(/ValidationError: .*desiredSize equals minSize/);
  });
});
