import type { Clients } from "../clients";

interface Switched {
  enabledMetrics?: string[];
  suspendedProcesses?: string[];
}

/** Enables and disables a group's metrics, and suspends and resumes its processes. They have calls of their own. */
export async function switchProcesses(
  AutoScalingGroupName: string,
  old: Switched,
  wanted: Switched,
  { autoScaling }: Clients,
): Promise<void> {
  const metrics = changes(old.enabledMetrics, wanted.enabledMetrics);
  if (metrics.removed.length > 0) {
    const Metrics = metrics.removed;
    await autoScaling.disableMetricsCollection({ AutoScalingGroupName, Metrics });
  }
  if (metrics.added.length > 0) {
    const Metrics = metrics.added;
    await autoScaling.enableMetricsCollection({
      AutoScalingGroupName,
      Metrics,
      Granularity: "1Minute",
    });
  }
  const processes = changes(old.suspendedProcesses, wanted.suspendedProcesses);
  if (processes.removed.length > 0) {
    const ScalingProcesses = processes.removed;
    await autoScaling.resumeProcesses({ AutoScalingGroupName, ScalingProcesses });
  }
  if (processes.added.length > 0) {
    const ScalingProcesses = processes.added;
    await autoScaling.suspendProcesses({ AutoScalingGroupName, ScalingProcesses });
  }
}

const changes = (old: string[] = [], wanted: string[] = []) => ({
  removed: old.filter((name) => !wanted.includes(name)),
  added: wanted.filter((name) => !old.includes(name)),
});
