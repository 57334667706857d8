import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DeployedAlarm } from "../alarms/create-alarm";
import { arrange, type Widget } from "./widgets";

/** What a component contributes to a dashboard. */
export interface DashboardPart {
  /** The component's logical name. */
  readonly key: string;
  readonly alarms: readonly DeployedAlarm[];
  readonly widgets: readonly Widget[];
}

export interface SystemDashboardArgs {
  dashboardName: string;
  components: readonly DashboardPart[];
}

const titleOf = ({ properties }: Widget) => String(properties.title);

/** All alarms, then the widgets of each component. If two widgets have the same title, the names of their
 *  components are added. */
function widgets(components: readonly DashboardPart[]): Widget[] {
  const titles = components.flatMap((component) => component.widgets.map(titleOf));
  const isUnique = (title: string) => titles.indexOf(title) === titles.lastIndexOf(title);
  return [
    {
      type: "alarm",
      width: 24,
      height: 4,
      properties: {
        title: "Alarms",
        alarms: components.flatMap(({ alarms }) => alarms.map(({ arn }) => arn)),
      },
    },
    ...components.flatMap(({ key, widgets }) =>
      widgets.map((widget) => {
        const title = titleOf(widget);
        if (isUnique(title)) return widget;
        return { ...widget, properties: { ...widget.properties, title: `${key}: ${title}` } };
      }),
    ),
  ];
}

/** One page that shows the state of a system: queue depths, processed messages, machines, errors. */
export function systemDashboard(
  name: string,
  { dashboardName, components }: SystemDashboardArgs,
  opts?: pulumi.CustomResourceOptions,
): aws.cloudwatch.Dashboard {
  const dashboardBody = JSON.stringify({ widgets: arrange(widgets(components)) });
  return new aws.cloudwatch.Dashboard(name, { dashboardName, dashboardBody }, opts);
}
