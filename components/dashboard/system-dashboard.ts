import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DeployedAlarm } from "../alarms/create-alarm";
import { ArgumentFaults } from "../argument-faults";
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

/** Source: CloudWatch, PutDashboard and "Dashboard body structure and syntax". */
const limits = { widgets: 500, alarmsOfWidget: 100 };

const titleOf = ({ properties }: Widget) => String(properties.title);

/** All alarms, then the widgets of each component. If two widgets have the same title, the names of their
 *  components are added. */
function widgets(components: readonly DashboardPart[]): Widget[] {
  const titles = components.flatMap((component) => component.widgets.map(titleOf));
  const isUnique = (title: string) => titles.indexOf(title) === titles.lastIndexOf(title);
  const arns = components.flatMap(({ alarms }) => alarms.map(({ arn }) => arn));
  const pages = Math.ceil(arns.length / limits.alarmsOfWidget);
  const all = [
    ...Array.from({ length: pages }, (_, page): Widget => ({
      type: "alarm",
      width: 24,
      height: 4,
      properties: {
        title: "Alarms",
        alarms: arns.slice(page * limits.alarmsOfWidget, (page + 1) * limits.alarmsOfWidget),
      },
    })),
    ...components.flatMap(({ key, widgets }) =>
      widgets.map((widget) => {
        const title = titleOf(widget);
        if (isUnique(title)) return widget;
        return { ...widget, properties: { ...widget.properties, title: `${key}: ${title}` } };
      }),
    ),
  ];
  if (all.length > limits.widgets) {
    throw new pulumi.RunError(
      `The dashboard would have ${all.length} widgets; CloudWatch allows ${limits.widgets}, so give some components a dashboard of their own`,
    );
  }
  return all;
}

/** One page that shows the state of a system: queue depths, processed messages, machines, errors. */
export function systemDashboard(
  name: string,
  { dashboardName, components }: SystemDashboardArgs,
  opts?: pulumi.CustomResourceOptions,
): aws.cloudwatch.Dashboard {
  new ArgumentFaults(`dashboard "${name}"`)
    .text(
      "dashboardName",
      dashboardName,
      /^[\w-]{1,255}$/,
      'CloudWatch allows 1 to 255 letters, digits, "-" and "_"',
    )
    .throwIfAny();
  const dashboardBody = JSON.stringify({ widgets: arrange(widgets(components)) });
  return new aws.cloudwatch.Dashboard(name, { dashboardName, dashboardBody }, opts);
}
