import type { Metric } from "../alarms/alarm-spec";
import type { Levels } from "../alarms/levels";

/** A widget before it has its place. Source: CloudWatch, "Dashboard body structure and syntax". */
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

/** The levels of an alarm as lines across a graph. */
export const levelLines = (levels: Levels): HorizontalLine[] =>
  Object.entries(levels).map(([label, value]) => ({ label, value }));

/** Columns of a dashboard. */
const columns = 24;

/** A metric's array form: namespace, name, dimensions one after the other, options. */
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

/** Puts the widgets side by side, line by line, as far as they fit. */
export function arrange(widgets: Widget[]): (Widget & { x: number; y: number })[] {
  let x = 0;
  let y = 0;
  let lineHeight = 0;
  return widgets.map((widget) => {
    if (x + widget.width > columns) {
      x = 0;
      y += lineHeight;
      lineHeight = 0;
    }
    const placed = { ...widget, x, y };
    x += widget.width;
    lineHeight = Math.max(lineHeight, widget.height);
    return placed;
  });
}
