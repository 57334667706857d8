import { join } from "node:path";
import { Eta } from "eta";
import { chartWidths, depthChart, type DepthSample } from "./depth-chart";
import type { DeployedResource } from "../deployed-resource";
import { deploymentPicture } from "./deployment-picture";
import { outcomeMarks } from "./outcome-marks";
import type { Report, SystemReport } from "./report";

export interface ReportMaterial {
  report: Report;
  /** Milliseconds since the epoch. Second 0 of the charts. */
  start: number;
  systems: readonly SystemMaterial[];
  /** What could not be read. */
  problems: readonly string[];
}

export interface SystemMaterial {
  name: string;
  report: SystemReport;
  depths: readonly DepthSample[];
  resources: readonly DeployedResource[];
  /** The messages that Slack received, as text. */
  messages: readonly string[];
}

/** One self-contained file: styles, charts and pictures are inside. */
export async function reportPage({
  report,
  start,
  systems,
  problems,
}: ReportMaterial): Promise<string> {
  const eta = new Eta({ views: join(__dirname), autoTrim: false });
  const sections = await Promise.all(
    systems.map(async ({ name, depths, resources, messages, ...material }) => {
      const steps = report.steps.filter(({ system }) => system === name);
      const chart = (width: number) => depthChart(depths, { start, steps, width });
      return {
        ...material,
        name,
        steps,
        charts: { wide: chart(chartWidths.wide), narrow: chart(chartWidths.narrow) },
        messages: messages.map((message) => slackMarkup(eta.config.escapeFunction(message))),
        pictures: {
          wide: await deploymentPicture(resources, "wide"),
          narrow: await deploymentPicture(resources, "narrow"),
        },
      };
    }),
  );
  return eta.renderAsync("page", {
    report,
    start,
    problems,
    outcomeMarks,
    shared: report.steps.filter(({ system }) => system === undefined),
    sections,
  });
}

/** Renders Slack's markup in an escaped message: *bold* and <address|text>. */
function slackMarkup(escaped: string): string {
  return escaped
    .replace(/&lt;(https?:[^|]*?)\|(.*?)&gt;/g, '<a href="$1">$2</a>')
    .replace(/^\*(.+)\*$/gm, "<b>$1</b>");
}
