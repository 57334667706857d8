import { join } from "node:path";
import { Eta } from "eta";
import { chartWidths, depthChart, type DepthSample } from "./depth-chart";
import type { DeployedResource } from "../deployed-resource";
import { deploymentPicture } from "./deployment-picture";
import { outcomeMarks } from "./outcome-marks";
import type { Report } from "./report";

export interface ReportMaterial {
  report: Report;
  /** Milliseconds since the epoch. Second 0 of the chart. */
  start: number;
  depths: readonly DepthSample[];
  resources: readonly DeployedResource[];
  /** The messages that Slack received, as text. */
  messages: readonly string[];
  /** What could not be read. */
  problems: readonly string[];
}

/** One self-contained file: styles, chart and picture are inside. */
export async function reportPage(material: ReportMaterial): Promise<string> {
  const { report, start, depths } = material;
  const chart = (width: number) => depthChart(depths, { start, steps: report.steps, width });
  const eta = new Eta({ views: join(__dirname), autoTrim: false });
  return eta.renderAsync("page", {
    ...material,
    seconds: material.report.steps.reduce((sum, step) => sum + step.seconds, 0),
    outcomeMarks,
    charts: {
      wide: chart(chartWidths.wide),
      narrow: chart(chartWidths.narrow),
    },
    messages: material.messages.map((message) => slackMarkup(eta.config.escapeFunction(message))),
    pictures: {
      wide: await deploymentPicture(material.resources, "wide"),
      narrow: await deploymentPicture(material.resources, "narrow"),
    },
  });
}

/** Renders Slack's markup in an escaped message: *bold* and <address|text>. */
function slackMarkup(escaped: string): string {
  return escaped
    .replace(/&lt;(https?:[^|]*?)\|(.*?)&gt;/g, '<a href="$1">$2</a>')
    .replace(/^\*(.+)\*$/gm, "<b>$1</b>");
}
