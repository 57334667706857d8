import type { ScaleLinear } from "d3-scale";
import type { StepReport } from "./report";

/** Pixels that the numbers of two marks need. */
const markSpace = 26;

/** A line at the start of each step, with the step's number in the table. Numbers without enough space share one label. */
export function stepMarks(
  steps: readonly StepReport[],
  x: ScaleLinear<number, number>,
  frame: { top: number; bottom: number },
): string[] {
  const [, last = 0] = x.domain();
  const marks = steps.flatMap(({ name, startedAt }, index) =>
    startedAt === undefined || startedAt > last
      ? []
      : [{ number: index + 1, name, at: x(startedAt) }],
  );
  const groups: (typeof marks)[] = [];
  for (const mark of marks) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (group !== undefined && first !== undefined && mark.at - first.at < markSpace) {
      group.push(mark);
    } else groups.push([mark]);
  }
  return groups.map((group) => {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) return "";
    const label = first === last ? `${first.number}` : `${first.number}–${last.number}`;
    const names = group.map(({ number, name }) => `${number}. ${name}`).join("\n");
    const lines = group.map(({ at }) => `M${at},${frame.top - 8}V${frame.bottom}`).join("");
    return `<g class="step"><title>${escaped(names)}</title><path d="${lines}"/><text x="${first.at}" y="${frame.top - 12}">${label}</text></g>`;
  });
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
