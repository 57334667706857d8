import { scaleLinear } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";

/** How many messages a queue held at a moment. */
export interface DepthSample {
  /** Milliseconds since the epoch. */
  time: number;
  queue: string;
  /** Messages that wait or are being worked on. */
  messages: number;
}

/** In pixels. `frame` is the area between the axes. */
const width = 920;
const height = 320;
const frame = { left: 56, right: width - 24, top: 44, bottom: height - 48 };
const colours = ["#2563eb", "#dc2626"];

/** Queue depths over time as one SVG, drawn without a browser. */
export function depthChart(samples: readonly DepthSample[], start: number): string {
  const secondsOf = (sample: DepthSample) => (sample.time - start) / 1000;
  const lastSecond = Math.max(1, ...samples.map(secondsOf));
  const most = Math.max(1, ...samples.map(({ messages }) => messages));
  const x = scaleLinear().domain([0, lastSecond]).rangeRound([frame.left, frame.right]);
  const y = scaleLinear().domain([0, most]).rangeRound([frame.bottom, frame.top]).nice(5);

  const queues = [...new Set(samples.map((sample) => sample.queue))].sort().reverse();
  const curves = queues.map((queue, index) => {
    const colour = colours[index % colours.length];
    const own = samples.filter((sample) => sample.queue === queue);
    const at = (sample: DepthSample) => x(secondsOf(sample));
    const up = (sample: DepthSample) => y(sample.messages);
    const top = line(at, up).curve(curveStepAfter)(own);
    const below = area(at, frame.bottom, up).curve(curveStepAfter)(own);
    return (
      `<path d="${below}" fill="${colour}" fill-opacity="0.08"/>` +
      `<path d="${top}" fill="none" stroke="${colour}" stroke-width="2"/>`
    );
  });
  // Only whole numbers of messages have a tick.
  const levels = y.ticks(5).filter(Number.isInteger);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12" fill="#4b5563">`,
    ...levels.map((level) => across(y(level), level === 0 ? "#6b7280" : "#e5e7eb")),
    ...levels.map((level) => text(frame.left - 8, y(level) + 4, "end", `${level}`)),
    ...x.ticks(10).map((second) => text(x(second), frame.bottom + 18, "middle", `${second}`)),
    text(frame.left, frame.top - 16, "middle", "messages"),
    text((frame.left + frame.right) / 2, height - 10, "middle", "seconds since the start"),
    ...queues.map((queue, index) => legend(queue, index)),
    ...curves,
    "</svg>",
  ].join("\n");
}

const across = (y: number, colour: string) =>
  `<path d="M${frame.left},${y}H${frame.right}" stroke="${colour}"/>`;

const text = (x: number, y: number, anchor: "start" | "middle" | "end", content: string) =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;

/** One line of the legend, at the upper right. */
function legend(queue: string, index: number): string {
  const y = 14 + 16 * index;
  const colour = colours[index % colours.length];
  return `${text(frame.right - 20, y, "end", queue)}<rect x="${frame.right - 14}" y="${y - 9}" width="14" height="10" rx="2" fill="${colour}"/>`;
}
