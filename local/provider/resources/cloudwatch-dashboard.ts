import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { json, output, regional, required, string } from "../shape";
import { gone } from "./cloudwatch-alarm-parts";

export const dashboard = resourceType({
  type: "aws:cloudwatch/dashboard:Dashboard",
  shape: {
    ...regional,
    dashboardName: required(string({ replaces: true })),
    dashboardBody: required(json()),
    dashboardArn: output(string()),
  },
  async put(inputs, { clients }) {
    await clients.cloudWatch.putDashboard({
      DashboardName: inputs.dashboardName,
      DashboardBody: inputs.dashboardBody,
    });
    return inputs.dashboardName;
  },
  async read(id, { clients }) {
    const found = await ifThere(
      [...gone, "DashboardNotFoundError"],
      clients.cloudWatch.getDashboard({ DashboardName: id }),
    );
    if (found === undefined) return undefined;
    return {
      dashboardName: id,
      dashboardBody: found.DashboardBody,
      dashboardArn: found.DashboardArn,
    };
  },
  async delete(id, _state, { clients }) {
    await ignoreGone(
      [...gone, "DashboardNotFoundError"],
      clients.cloudWatch.deleteDashboards({ DashboardNames: [id] }),
    );
  },
});
