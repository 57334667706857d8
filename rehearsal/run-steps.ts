import { Listr, PRESET_TIMER, type ListrTask } from "listr2";
import type { Rehearsal } from "./rehearsal";
import type { StepReport } from "./report/report";
import { start } from "./steps/start";
import type { BoundStep } from "./steps/step";
import type { RehearsedSystem } from "./rehearsed-system";

/** Shortest time between two lines of progress in a log. */
const logPauseMs = 10_000;

/** Steps that belong together: after one that failed, the rest is not run. */
interface Group {
  /** Undefined: for all systems. */
  system: string | undefined;
  steps: readonly BoundStep[];
  reports: StepReport[];
}

/** Starts the cloud, and then runs the steps of all systems side by side. The steps of a system run in their order. After a
 *  step that failed, those that need it are reported as not run. */
export async function runSteps(
  rehearsal: Rehearsal,
  systems: readonly RehearsedSystem[],
): Promise<StepReport[]> {
  const shared: Group = { system: undefined, steps: [start(rehearsal)], reports: [] };
  const groups = systems.map(({ run, steps }): Group => ({ system: run.name, steps, reports: [] }));
  const tasks = new Listr(
    [
      ...shared.steps.map((step) => taskOf(step, shared, rehearsal)),
      {
        title: "the systems",
        task: (_context, task) =>
          task.newListr(
            groups.map((group) => ({
              title: group.system,
              task: (_inner, system) =>
                system.newListr(
                  group.steps.map((step) => taskOf(step, group, rehearsal)),
                  { concurrent: false, exitOnError: true },
                ),
            })),
            { concurrent: true, exitOnError: false },
          ),
      },
    ],
    {
      exitOnError: true,
      // A terminal shows the progress. A log gets one line per step.
      fallbackRenderer: "simple",
      rendererOptions: { timer: PRESET_TIMER, collapseErrors: false, collapseSubtasks: false },
      fallbackRendererOptions: { timer: PRESET_TIMER },
    },
  );
  await tasks.run().catch(() => undefined);
  return [shared, ...groups].flatMap((group) => reportsOf(group, shared.reports));
}

function taskOf(step: BoundStep, { system, reports }: Group, rehearsal: Rehearsal): ListrTask {
  const title = system === undefined ? step.name : `${system}: ${step.name}`;
  return {
    title,
    task: async (_context, task) => {
      const begin = performance.now();
      const startedAt = (Date.now() - rehearsal.start) / 1000;
      const report = (outcome: StepReport["outcome"], detail: string) =>
        reports.push({
          system,
          name: step.name,
          outcome,
          startedAt: roundedSeconds(startedAt),
          seconds: roundedSeconds((performance.now() - begin) / 1000),
          detail,
        });
      try {
        let shownAt = begin;
        const detail = await step.run((progress) => {
          const pause = process.stdout.isTTY ? 0 : logPauseMs;
          if (performance.now() - shownAt < pause) return;
          shownAt = performance.now();
          task.output = progress.trim();
        });
        task.title = `${title}: ${detail}`;
        report("passed", detail);
      } catch (error) {
        report("failed", error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
  };
}

function reportsOf({ system, steps, reports }: Group, shared: StepReport[]): StepReport[] {
  const failed = [...shared, ...reports].find(({ outcome }) => outcome === "failed");
  return steps.map(
    ({ name }, index) =>
      reports[index] ?? {
        system,
        name,
        outcome: "not run",
        startedAt: undefined,
        seconds: 0,
        detail: `not run, because "${failed?.name ?? "a step"}" failed`,
      },
  );
}

const roundedSeconds = (seconds: number) => Math.round(seconds * 100) / 100;
