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
        const report = (ok: boolean, detail: string) =>
          reports.push({
            name: step.name,
            ok,
            seconds: (performance.now() - start) / 1000,
            detail,
          });
        try {
          const detail = await step.run(rehearsal, (progress) => {
            if (process.stdout.isTTY) task.output = progress;
          });
          task.title = `${step.name}: ${detail}`;
          report(true, detail);
        } catch (error) {
          report(false, error instanceof Error ? error.message : String(error));
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
  const failed = reports.find(({ ok }) => !ok);
  return steps.map(
    ({ name }, index) =>
      reports[index] ?? {
        name,
        ok: false,
        seconds: 0,
        detail: `not run, because "${failed?.name ?? "a step"}" failed`,
      },
  );
}
