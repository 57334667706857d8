import * as echarts from "echarts";

/** How many messages a queue held at a moment. */
export interface DepthSample {
  /** Milliseconds since the epoch. */
  time: number;
  queue: string;
  /** Messages that wait or are being worked on. */
  messages: number;
}

/** Queue depths over time as one SVG, drawn without a browser. */
export function depthChart(samples: readonly DepthSample[], start: number): string {
  const queues = [...new Set(samples.map((sample) => sample.queue))].sort().reverse();
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 920, height: 320 });
  chart.setOption({
    animation: false,
    color: ["#2563eb", "#dc2626"],
    legend: { data: queues, right: 24, top: 4, textStyle: { fontSize: 13 } },
    grid: { left: 56, right: 24, top: 44, bottom: 48 },
    xAxis: {
      type: "value",
      name: "seconds since the start",
      nameLocation: "middle",
      nameGap: 28,
      min: 0,
    },
    yAxis: { type: "value", name: "messages", minInterval: 1 },
    series: queues.map((queue) => ({
      name: queue,
      type: "line",
      step: "end",
      showSymbol: false,
      areaStyle: { opacity: 0.08 },
      data: samples
        .filter((sample) => sample.queue === queue)
        .map((sample) => [(sample.time - start) / 1000, sample.messages]),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
