import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DeployedAlarm } from "../alarms/create-alarm";
import { arrange, type Widget } from "./widgets";

/** What a dashboard shows of a component. */
export interface Shown {
  /** The component's logical name. */
  readonly key: string;
  readonly alarms: readonly DeployedAlarm[];
  readonly widgets: readonly Widget[];
}

export interface SystemDashboardArgs {
  dashboardName: string;
  components: readonly Shown[];
}

const titleOf = ({ properties }: Widget) => String(properties.title);

/** All alarms, then what each component shows; two widgets of one title get their components' names. */
function widgets(components: readonly Shown[]): Widget[] {
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

/** The one page to look at: is it filling up, does it get done, by how many, with what errors. */
export function systemDashboard(
  name: string,
  { dashboardName, components }: SystemDashboardArgs,
  opts?: pulumi.CustomResourceOptions,
): aws.cloudwatch.Dashboard {
  const dashboardBody = JSON.stringify({ widgets: arrange(widgets(components)) });
  return new aws.cloudwatch.Dashboard(name, { dashboardName, dashboardBody }, opts);
}
