import type { PolicyResource } from "@pulumi/policy";
import { firesAlone } from "./alarm-rule";
import { once } from "./once";
import { notKnown, readFlag, readLength, readText } from "./unknown-values";

const scalingPolicyTypes = ["aws:autoscaling/policy:Policy", "aws:appautoscaling/policy:Policy"];

export const metricAlarmsIn = (resources: PolicyResource[]) =>
  resources.filter((resource) => resource.type === "aws:cloudwatch/metricAlarm:MetricAlarm");

/** Whether an alarm notifies someone. "unknown": `why` names the value that is not known yet. */
export type Action =
  { kind: "notifies" } | { kind: "silent"; why: string } | { kind: "unknown"; why: string };

const compositesIn = once((resources: PolicyResource[]) =>
  resources.filter((resource) => resource.type === "aws:cloudwatch/compositeAlarm:CompositeAlarm"),
);

/** Whether an alarm notifies someone: by its own action, or by the action of a composite alarm that fires when
 *  this alarm fires. */
export function actionOf(alarm: PolicyResource, resources: PolicyResource[]): Action {
  const actions = actionsFor(alarm, compositesIn(resources), new Set());
  return (
    actions.find((action) => action.kind === "notifies") ??
    actions.find((action) => action.kind === "unknown") ?? {
      kind: "silent",
      why: actions.map((action) => (action.kind === "silent" ? action.why : "")).join(", "),
    }
  );
}

function actionsFor(
  alarm: PolicyResource,
  composites: PolicyResource[],
  visited: Set<PolicyResource>,
): Action[] {
  visited.add(alarm);
  const through = composites
    .filter((composite) => !visited.has(composite))
    .flatMap((composite): Action[] => {
      const rule = readText(composite, "alarmRule");
      if (rule === undefined) return [];
      if (rule === notKnown) {
        const named = (composite.propertyDependencies.alarmRule ?? []).includes(alarm);
        const why = `alarmRule of composite alarm "${composite.name}", which refers to it, is not known yet`;
        return named ? [{ kind: "unknown", why }] : [];
      }
      return firesAlone(rule, (nameOrArn) => hasName(alarm, nameOrArn)) === true
        ? actionsFor(composite, composites, visited)
        : [];
    });
  return [ownAction(alarm), ...through];
}

function ownAction(alarm: PolicyResource): Action {
  const enabled = readFlag(alarm, "actionsEnabled") ?? true;
  const count = readLength(alarm, "alarmActions");
  if (enabled === false) return { kind: "silent", why: `"${alarm.name}" has actionsEnabled false` };
  if (count === 0) return { kind: "silent", why: `"${alarm.name}" has no alarmActions` };
  if (count === notKnown || enabled === notKnown) {
    const property = enabled === notKnown ? "actionsEnabled" : "alarmActions";
    return { kind: "unknown", why: `${property} of "${alarm.name}" is not known yet` };
  }
  const actions = Array.from({ length: count }, (_, index) => index);
  return actions.every((index) => onlyChangesMachines(alarm, index))
    ? { kind: "silent", why: `"${alarm.name}" only starts or stops machines` }
    : { kind: "notifies" };
}

/** Scaling actions and EC2 actions notify nobody. In the incident an alarm of this kind added machines, and nobody
 *  noticed the 58,524 messages. */
function onlyChangesMachines(alarm: PolicyResource, index: number): boolean {
  const action = readText(alarm, "alarmActions", index);
  if (typeof action === "string") return /^arn:[^:]+:(autoscaling|automate|swf):/.test(action);
  const behind = alarm.propertyDependencies.alarmActions ?? [];
  return behind.length > 0 && behind.every(({ type }) => scalingPolicyTypes.includes(type));
}

function hasName(alarm: PolicyResource, nameOrArn: string): boolean {
  const name = readText(alarm, "name") ?? readText(alarm, "alarmName");
  return typeof name === "string" && (nameOrArn === name || nameOrArn.endsWith(`:alarm:${name}`));
}
