import type { Metric } from "../alarms/alarm-spec";
import type { Levels } from "../alarms/levels";

/** A widget without its position. Source: CloudWatch, "Dashboard body structure and syntax". */
export interface Widget {
  type: "metric" | "alarm" | "log" | "text";
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

export interface Line {
  metric: Metric;
  label: string;
}

interface HorizontalLine {
  label: string;
  value: number;
}

/** The levels of an alarm as horizontal lines in a graph. */
export const levelLines = (levels: Levels): HorizontalLine[] =>
  Object.entries(levels).map(([label, value]) => ({ label, value }));

/** Columns of a dashboard. */
const columns = 24;

/** A metric in the array form of dashboards: namespace, name, dimensions, options. */
const row = ({ metric, label }: Line) => [
  metric.namespace,
  metric.name,
  ...Object.entries(metric.dimensions).flat(),
  { stat: metric.statistic, label },
];

export function graph(
  title: string,
  region: string,
  lines: Line[],
  levels: HorizontalLine[] = [],
): Widget {
  return {
    type: "metric",
    width: 8,
    height: 6,
    properties: {
      title,
      region,
      view: "timeSeries",
      period: 60,
      metrics: lines.map(row),
      yAxis: { left: { min: 0 } },
      ...(levels.length === 0 ? {} : { annotations: { horizontal: levels } }),
    },
  };
}

/** Positions the widgets from left to right, in as many rows as needed. */
export function arrange(widgets: Widget[]): (Widget & { x: number; y: number })[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return widgets.map((widget) => {
    if (x + widget.width > columns) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const placed = { ...widget, x, y };
    x += widget.width;
    rowHeight = Math.max(rowHeight, widget.height);
    return placed;
  });
}
