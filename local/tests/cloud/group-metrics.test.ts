import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { expect } from "chai";
import { eventually } from "../../../tests/support/eventually";
import { launchHook, ScalingGroup, terminationHook } from "./scaling-group";

describe("the metrics of a group of the embedded cloud", () => {
  it("are those that are enabled, with the instances that a hook holds", async () => {
    const group = await ScalingGroup.create({
      DesiredCapacity: 2,
      LifecycleHookSpecificationList: [launchHook, terminationHook],
    });
    const { name: AutoScalingGroupName, autoScaling } = group;
    await group.complete((await group.instances())[0]?.id ?? "", "CONTINUE");
    await group.reaches("1 InService", "1 Pending:Wait");
    const Metrics = [
      "GroupInServiceInstances",
      "GroupPendingInstances",
      "GroupTerminatingInstances",
      "GroupTotalInstances",
    ];
    await autoScaling.enableMetricsCollection({
      AutoScalingGroupName,
      Metrics,
      Granularity: "1Minute",
    });
    await autoScaling.setInstanceHealth({
      InstanceId: await group.find("InService"),
      HealthStatus: "Unhealthy",
    });
    const cloudWatch = new CloudWatch(group.account.clientConfig());
    const latest = async () => {
      const names = [...Metrics, "GroupDesiredCapacity"];
      const { MetricDataResults = [] } = await cloudWatch.getMetricData({
        StartTime: new Date(Date.now() - 60_000),
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: names.map((MetricName, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: {
              Namespace: "AWS/AutoScaling",
              MetricName,
              Dimensions: [{ Name: "AutoScalingGroupName", Value: AutoScalingGroupName }],
            },
            Period: 1,
            Stat: "Maximum",
          },
        })),
        ScanBy: "TimestampDescending",
      });
      return MetricDataResults.map(({ Values }) => Values?.[0]);
    };
    await eventually("the metrics are published", async () => (await latest())[0] !== undefined);
    // In service, pending (two, because one is replaced), terminating, all; the last one is not enabled.
    expect(await latest()).to.deep.equal([0, 2, 1, 3, undefined]);
  });
});
