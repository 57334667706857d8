import type { PolicyResource } from "@pulumi/policy";
import { idsIn, neverBelow } from "./expressions";
import type { NotKnown } from "./unknown-values";
import { notKnown, readFlag, readLength, readText } from "./unknown-values";

/** What the expression that an alarm evaluates does with one of its metrics: whether it may hide a value of the metric,
 *  or does not even use it. "none": the alarm evaluates the metric itself. */
export type ExpressionOver =
  "none" | "never below the metric" | "may hide it" | "does not use it" | NotKnown;

/** The positions of the queries of an alarm. */
export function queriesOf(alarm: PolicyResource): number[] {
  const count = readLength(alarm, "metricQueries");
  return count === notKnown ? [] : Array.from({ length: count }, (_, index) => index);
}

const textOf = (alarm: PolicyResource, query: number, key: string) =>
  readText(alarm, "metricQueries", query, key);

/** The same question about a query, and about every query that its expression uses. */
type Answer = boolean | NotKnown;

export function expressionOver(alarm: PolicyResource, query: number): ExpressionOver {
  const queries = queriesOf(alarm);
  const returned = queries.find(
    (one) => queries.length === 1 || readFlag(alarm, "metricQueries", one, "returnData") === true,
  );
  if (returned === query) return "none";
  if (returned === undefined) return "does not use it";
  if (queries.some((one) => textOf(alarm, one, "id") === notKnown)) return notKnown;
  const above = isAbove(alarm, returned, query, []);
  if (above === notKnown) return notKnown;
  if (above) return "never below the metric";
  const used = uses(alarm, returned, query, []);
  if (used === notKnown) return notKnown;
  return used ? "may hide it" : "does not use it";
}

/** Whether the value of a query is never below that of the metric. */
function isAbove(alarm: PolicyResource, query: number, metric: number, visited: number[]): Answer {
  if (query === metric) return true;
  const expression = textOf(alarm, query, "expression");
  if (expression === notKnown) return notKnown;
  if (expression === undefined || visited.includes(query)) return false;
  let isKnown = true;
  const found = neverBelow(expression, (id) => {
    const inner = queryWithId(alarm, id);
    if (inner === undefined) return false;
    const answer = isAbove(alarm, inner, metric, [...visited, query]);
    isKnown &&= answer !== notKnown;
    return answer === true;
  });
  return isKnown ? found === true : notKnown;
}

/** Whether the value of a query depends on the metric. */
function uses(alarm: PolicyResource, query: number, metric: number, visited: number[]): Answer {
  if (query === metric) return true;
  const expression = textOf(alarm, query, "expression");
  if (expression === notKnown) return notKnown;
  if (expression === undefined || visited.includes(query)) return false;
  const answers = idsIn(expression, metricIds(alarm)).map((id) => {
    const inner = queryWithId(alarm, id);
    return inner !== undefined && uses(alarm, inner, metric, [...visited, query]);
  });
  return answers.includes(true) || (answers.includes(notKnown) ? notKnown : false);
}

const queryWithId = (alarm: PolicyResource, id: string) =>
  queriesOf(alarm).find((query) => textOf(alarm, query, "id") === id);

/** The ids of the queries that are metrics, not expressions. */
const metricIds = (alarm: PolicyResource): string[] =>
  queriesOf(alarm).flatMap((query) => {
    const id = textOf(alarm, query, "id");
    const isMetric = textOf(alarm, query, "expression") === undefined;
    return typeof id === "string" && isMetric ? [id] : [];
  });
