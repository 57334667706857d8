import { Listr, PRESET_TIMER, type ListrTask } from "listr2";
import type { Rehearsal } from "./rehearsal";
import type { StepReport } from "./report/report";
import { start } from "./steps/start";
import type { BoundStep, Stage } from "./steps/step";
import type { RehearsedSystem } from "./rehearsed-system";

/** Shortest time between two lines of progress in a log. */
const logPauseMs = 10_000;

/** Stages that belong together: after one with a step that failed, the rest is not run. */
interface Group {
  /** Undefined: for all systems. */
  system: string | undefined;
  stages: readonly Stage[];
  reports: Map<BoundStep, StepReport>;
}

/** Starts the cloud, and then runs the stages of all systems side by side. The stages of a system run in their order. After a
 *  step that failed, those that need it are reported as not run. */
export async function runSteps(
  rehearsal: Rehearsal,
  systems: readonly RehearsedSystem[],
): Promise<StepReport[]> {
  const group = (system: string | undefined, stages: readonly Stage[]): Group => ({
    system,
    stages,
    reports: new Map(),
  });
  const shared = group(undefined, [[start(rehearsal)]]);
  const groups = systems.map(({ run, stages }) => group(run.name, stages));
  const tasks = new Listr(
    [
      ...tasksOf(shared, rehearsal),
      {
        title: "the systems",
        skip: () => hasFailed(shared),
        task: (_context, task) =>
          task.newListr(
            groups.map((one) => ({
              title: one.system,
              task: (_inner, system) =>
                system.newListr(tasksOf(one, rehearsal), { concurrent: false, exitOnError: false }),
            })),
            { concurrent: true, exitOnError: false },
          ),
      },
    ],
    {
      // What runs beside a step that failed goes on to its end.
      exitOnError: false,
      // A terminal shows the progress. A log gets one line per step.
      fallbackRenderer: "simple",
      rendererOptions: { timer: PRESET_TIMER, collapseErrors: false, collapseSubtasks: false },
      fallbackRendererOptions: { timer: PRESET_TIMER },
    },
  );
  await tasks.run();
  return [shared, ...groups].flatMap((one) => reportsOf(one, shared));
}

const hasFailed = ({ reports }: Group): boolean =>
  [...reports.values()].some(({ outcome }) => outcome === "failed");

/** One task a stage. */
const tasksOf = (group: Group, rehearsal: Rehearsal): ListrTask[] =>
  group.stages.map((stage) => {
    const tasks = stage.map((step) => taskOf(step, group, rehearsal));
    const skip = () => hasFailed(group);
    return tasks.length === 1
      ? { ...(tasks[0] as ListrTask), skip }
      : {
          skip,
          task: (_context, task) => task.newListr(tasks, { concurrent: true, exitOnError: false }),
        };
  });

function taskOf(step: BoundStep, { system, reports }: Group, rehearsal: Rehearsal): ListrTask {
  const title = system === undefined ? step.name : `${system}: ${step.name}`;
  return {
    title,
    task: async (_context, task) => {
      const begin = performance.now();
      const startedAt = (Date.now() - rehearsal.start) / 1000;
      const report = (outcome: StepReport["outcome"], detail: string) =>
        reports.set(step, {
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

function reportsOf({ system, stages, reports }: Group, shared: Group): StepReport[] {
  const failed = [...shared.reports.values(), ...reports.values()].find(
    ({ outcome }) => outcome === "failed",
  );
  return stages.flat().map(
    (step) =>
      reports.get(step) ?? {
        system,
        name: step.name,
        outcome: "not run",
        startedAt: undefined,
        seconds: 0,
        detail: `not run, because "${failed?.name ?? "a step"}" failed`,
      },
  );
}

const roundedSeconds = (seconds: number) => Math.round(seconds * 100) / 100;
