import { expect } from "chai";
import type { PropertyMap } from "../../values/property-value";
import { itLives, Resource } from "./lifecycle";
import { startProvider, type ProviderUnderTest } from "./provider-under-test";
import { newGroup, newTemplate } from "./surroundings";

describe("provider: Auto Scaling", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const groupTag = (key: string, value: string) => ({ key, value, propagateAtLaunch: true });
  itLives(
    {
      type: "aws:autoscaling/group:Group",
      prepare: () => newTemplate(under, "of-group"),
      inputs: ({ template = "" }) => ({
        name: "workers",
        minSize: 1,
        maxSize: 3,
        launchTemplate: { id: template, version: "1" },
        vpcZoneIdentifiers: ["subnet-1", "subnet-2"],
        healthCheckType: "EC2",
        healthCheckGracePeriod: 120,
        defaultInstanceWarmup: 60,
        enabledMetrics: ["GroupInServiceInstances"],
        instanceRefresh: {
          strategy: "Rolling",
          preferences: { minHealthyPercentage: 0, checkpointPercentages: [100] },
        },
        tags: [groupTag("Name", "worker"), groupTag("queuefleet:consumes", "files")],
      }),
      outputs: () => ({ desiredCapacity: 1 }),
      updates: ({ template = "" }): PropertyMap[] => [
        { minSize: 0, maxSize: 5 },
        { desiredCapacity: 2 },
        { launchTemplate: { id: template, version: "2" } },
        { healthCheckGracePeriod: 60, vpcZoneIdentifiers: ["subnet-3"] },
        { tags: [groupTag("Name", "other")] },
      ],
      replacements: [{ name: "others" }],
      importedAs: { enabledMetrics: null, instanceRefresh: null, defaultInstanceWarmup: null },
    },
    () => under,
  );

  it("creates a group with its hooks, before its first machine", async () => {
    const { template } = await newTemplate(under, "hooked-template");
    const resource = new Resource(under, "aws:autoscaling/group:Group", "with-hooks");
    const group = await resource.create({
      name: "with-hooks",
      minSize: 1,
      maxSize: 1,
      launchTemplate: { id: template, version: "1" },
      waitForCapacityTimeout: "0",
      forceDelete: true,
      initialLifecycleHooks: [
        {
          name: "works",
          lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
          defaultResult: "ABANDON",
          heartbeatTimeout: 600,
          notificationMetadata: "files",
        },
      ],
    });
    const { autoScaling } = under.clients;
    const AutoScalingGroupName = "with-hooks";
    const { LifecycleHooks } = await autoScaling.describeLifecycleHooks({ AutoScalingGroupName });
    expect(LifecycleHooks).to.deep.equal([
      {
        AutoScalingGroupName,
        LifecycleHookName: "works",
        LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
        DefaultResult: "ABANDON",
        HeartbeatTimeout: 600,
        NotificationMetadata: "files",
      },
    ]);
    const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [AutoScalingGroupName],
    });
    expect(AutoScalingGroups?.[0]?.Instances?.[0]?.LifecycleState).to.equal("Pending:Wait");
    await resource.delete(group);
  });

  describe("a changed launch template", () => {
    const instances = async (name: string) => {
      const { AutoScalingGroups } = await under.clients.autoScaling.describeAutoScalingGroups({
        AutoScalingGroupNames: [name],
      });
      return (AutoScalingGroups?.[0]?.Instances ?? []).map(({ InstanceId }) => InstanceId);
    };
    for (const refreshes of [true, false]) {
      it(
        refreshes ? "starts an instance refresh" : "starts none where the program asks for none",
        async () => {
          const name = `refresh-${refreshes}`;
          const { template } = await newTemplate(under, `${name}-template`);
          const inputs = {
            name,
            minSize: 2,
            maxSize: 2,
            launchTemplate: { id: template, version: "1" },
            ...(refreshes ? { instanceRefresh: { strategy: "Rolling" } } : {}),
          };
          const resource = new Resource(under, "aws:autoscaling/group:Group", name);
          const group = await resource.create(inputs);
          const before = await instances(name);
          expect(before).to.have.length(2);
          const changed = await resource.update(group, {
            ...inputs,
            launchTemplate: { id: template, version: "2" },
          });
          const { InstanceRefreshes = [] } =
            await under.clients.autoScaling.describeInstanceRefreshes({
              AutoScalingGroupName: name,
            });
          expect(InstanceRefreshes).to.have.length(refreshes ? 1 : 0);
          await resource.delete(changed);
        },
      );
    }
  });

  it("cancels the instance refresh of the former release, and starts its own when that has ended", async () => {
    const { template } = await newTemplate(under, "twice-template");
    const resource = new Resource(under, "aws:autoscaling/group:Group", "twice");
    const inputs = (version: string) => ({
      name: "twice",
      minSize: 1,
      maxSize: 1,
      launchTemplate: { id: template, version },
      instanceRefresh: { strategy: "Rolling", preferences: { minHealthyPercentage: 0 } },
    });
    let group = await resource.create(inputs("1"));
    group = await resource.update(group, inputs("2"));
    group = await resource.update(group, inputs("1"));
    const { InstanceRefreshes = [] } = await under.clients.autoScaling.describeInstanceRefreshes({
      AutoScalingGroupName: "twice",
    });
    expect(InstanceRefreshes.map(({ Status }) => Status === "Cancelled")).to.deep.equal([
      false,
      true,
    ]);
    await resource.delete(group);
  });

  it("fails when the machines do not come, and keeps the group in the state", async () => {
    const { template } = await newTemplate(under, "starved-template");
    const resource = new Resource(under, "aws:autoscaling/group:Group", "starved");
    const inputs = {
      name: "starved",
      minSize: 1,
      maxSize: 1,
      waitForCapacityTimeout: "soon",
      launchTemplate: { id: template, version: "1" },
    };
    const failure = await resource.create(inputs).then(
      () => undefined,
      (error: unknown) => error as Error & { live?: { id: string } },
    );
    expect(failure?.message).to.contain("waitForCapacityTimeout is soon");
    expect(failure?.live?.id).to.equal("starved");
  });

  const target = (targetValue: number) => ({
    targetValue,
    customizedMetricSpecification: {
      metrics: [
        {
          id: "waiting",
          label: "Messages waiting",
          metricStat: {
            metric: {
              namespace: "AWS/SQS",
              metricName: "ApproximateNumberOfMessagesVisible",
              dimensions: [{ name: "QueueName", value: "files" }],
            },
            stat: "Maximum",
          },
          returnData: false,
        },
        { id: "backlog", expression: "waiting / 1", returnData: true },
      ],
    },
  });
  itLives(
    {
      type: "aws:autoscaling/policy:Policy",
      prepare: () => newGroup(under, "scaled"),
      inputs: ({ group = "" }) => ({
        name: "backlog",
        autoscalingGroupName: group,
        policyType: "TargetTrackingScaling",
        targetTrackingConfiguration: target(100),
      }),
      updates: [{ targetTrackingConfiguration: target(50) }, { enabled: false }],
      replacements: [{ name: "other" }],
      importId: (id, { group }) => `${group}/${id}`,
    },
    () => under,
  );

  itLives(
    {
      type: "aws:autoscaling/lifecycleHook:LifecycleHook",
      prepare: () => newGroup(under, "hooked"),
      inputs: ({ group = "" }) => ({
        name: "finish-work",
        autoscalingGroupName: group,
        lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeatTimeout: 150,
        defaultResult: "CONTINUE",
      }),
      updates: [{ heartbeatTimeout: 300 }, { defaultResult: "ABANDON" }],
      replacements: [{ name: "other" }],
      importId: (id, { group }) => `${group}/${id}`,
    },
    () => under,
  );
});
