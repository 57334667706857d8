import { scaleLinear, type ScaleLinear } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";
import { stepMarks } from "./step-marks";
import type { StepReport } from "./report";

/** How many messages a queue held at a moment. */
export interface DepthSample {
  /** Milliseconds since the epoch. */
  time: number;
  queue: string;
  /** Messages that wait or are being worked on. */
  messages: number;
}

/** Widths in pixels of the chart for a wide and for a narrow page. */
export const chartWidths = { wide: 1000, narrow: 356 } as const;

const height = 340;
const legendLine = 16;

/** Queue depths over time as one SVG, with the start of each step, drawn without a browser. The page's styles set the colours
 *  and show the text of the moment under the pointer. */
export function depthChart(
  samples: readonly DepthSample[],
  { start, steps, width }: { start: number; steps: readonly StepReport[]; width: number },
): string {
  const queues = [...new Set(samples.map((sample) => sample.queue))].sort().reverse();
  // In pixels: the area between the axes. The legend and the numbers of the steps are above it.
  const frame = {
    left: 44,
    right: width - 12,
    top: legendLine * (queues.length + 1) + 44,
    bottom: height - 44,
  };
  const secondsOf = (sample: DepthSample) => (sample.time - start) / 1000;
  const lastSecond = Math.max(1, ...samples.map(secondsOf));
  const most = Math.max(1, ...samples.map(({ messages }) => messages));
  const x = scaleLinear().domain([0, lastSecond]).rangeRound([frame.left, frame.right]);
  const y = scaleLinear().domain([0, most]).rangeRound([frame.bottom, frame.top]).nice(5);

  const curves = queues.map((queue, index) => {
    const own = samples.filter((sample) => sample.queue === queue);
    const at = (sample: DepthSample) => x(secondsOf(sample));
    const up = (sample: DepthSample) => y(sample.messages);
    const top = line(at, up).curve(curveStepAfter)(own);
    const below = area(at, frame.bottom, up).curve(curveStepAfter)(own);
    return `<path class="below ${curveClass(index)}" d="${below}"/><path class="curve ${curveClass(index)}" d="${top}"/>`;
  });
  // Only whole numbers of messages have a tick.
  const levels = y.ticks(5).filter(Number.isInteger);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-size="12" role="img" aria-label="Messages in each queue over time">`,
    ...queues.map((queue, index) => legend(queue, index)),
    ...levels.map(
      (level) =>
        `<path class="${level === 0 ? "axis" : "grid"}" d="M${frame.left},${y(level)}H${frame.right}"/>`,
    ),
    ...levels.map((level) => text(frame.left - 6, y(level) + 4, "end", `${level}`)),
    ...x
      .ticks(width / 90)
      .map((second) => text(x(second), frame.bottom + 18, "middle", `${second}`)),
    text(4, frame.top - 26, "start", "messages"),
    text((frame.left + frame.right) / 2, height - 8, "middle", "seconds since the start"),
    ...stepMarks(steps, x, frame),
    ...curves,
    ...moments(samples, queues, { x, secondsOf, frame }),
    "</svg>",
  ].join("\n");
}

const curveClass = (index: number) => (index === 0 ? "first" : "second");

const text = (x: number, y: number, anchor: "start" | "middle" | "end", content: string) =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;

function legend(queue: string, index: number): string {
  const y = legendLine * (index + 2);
  return `<rect class="key ${curveClass(index)}" x="4" y="${y - 9}" width="14" height="10" rx="2"/>${text(24, y, "start", queue)}`;
}

/** For each moment an invisible area. While the pointer is in it, the first line of the chart says the depths. */
function moments(
  samples: readonly DepthSample[],
  queues: readonly string[],
  scale: {
    x: ScaleLinear<number, number>;
    secondsOf: (sample: DepthSample) => number;
    frame: { right: number; top: number; bottom: number };
  },
): string[] {
  const { x, secondsOf, frame } = scale;
  const times = [...new Set(samples.map(secondsOf))].sort((a, b) => a - b);
  return times.map((second, index) => {
    const depths = queues.flatMap((queue) => {
      const sample = samples.find((one) => one.queue === queue && secondsOf(one) === second);
      return sample === undefined ? [] : [`${queue} ${sample.messages}`];
    });
    const left = x(second);
    const next = times[index + 1];
    const right = next === undefined ? frame.right : x(next);
    return `<g class="moment"><rect x="${left}" y="${frame.top}" width="${Math.max(1, right - left)}" height="${frame.bottom - frame.top}"/>${text(4, 12, "start", `${Math.round(second * 10) / 10} s: ${depths.join(", ")}`)}</g>`;
  });
}
