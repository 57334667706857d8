import { Listr, PRESET_TIMER } from "listr2";
import type { Rehearsal } from "./rehearsal";
import type { StepReport } from "./report/report";
import type { Step } from "./steps/step";

/** Runs the steps in order. After a failed step, the remaining steps are reported as not run. */
export async function runSteps(
  steps: readonly Step[],
  rehearsal: Rehearsal,
): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  const tasks = new Listr(
    steps.map((step) => ({
      title: step.name,
      task: async (_context, task) => {
        const start = performance.now();
        const startedAt = (Date.now() - rehearsal.start) / 1000;
        const report = (outcome: StepReport["outcome"], detail: string) =>
          reports.push({
            name: step.name,
            outcome,
            startedAt: roundedSeconds(startedAt),
            seconds: roundedSeconds((performance.now() - start) / 1000),
            detail,
          });
        try {
          let shownAt = start;
          const detail = await step.run(rehearsal, (progress) => {
            const pause = process.stdout.isTTY ? 0 : logPauseMs;
            if (performance.now() - shownAt < pause) return;
            shownAt = performance.now();
            task.output = progress.trim();
          });
          task.title = `${step.name}: ${detail}`;
          report("passed", detail);
        } catch (error) {
          report("failed", error instanceof Error ? error.message : String(error));
          throw error;
        }
      },
    })),
    {
      exitOnError: true,
      // A terminal shows the progress. A log gets one line per step.
      fallbackRenderer: "simple",
      rendererOptions: { timer: PRESET_TIMER, collapseErrors: false },
      fallbackRendererOptions: { timer: PRESET_TIMER },
    },
  );
  await tasks.run().catch(() => undefined);
  const failed = reports.find(({ outcome }) => outcome === "failed");
  return steps.map(
    ({ name }, index) =>
      reports[index] ?? {
        name,
        outcome: "not run",
        startedAt: undefined,
        seconds: 0,
        detail: `not run, because "${failed?.name ?? "a step"}" failed`,
      },
  );
}

/** Shortest time between two lines of progress in a log. */
const logPauseMs = 10_000;

const roundedSeconds = (seconds: number) => Math.round(seconds * 100) / 100;
