import type { StepReport } from "./report";

export const outcomeMarks: Record<StepReport["outcome"], string> = {
  passed: "✓",
  failed: "✗",
  "not run": "–",
};
