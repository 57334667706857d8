import type { PolicyResource } from "@pulumi/policy";
import { idsIn, neverBelow } from "./expressions";
import { once } from "./once";
import type { NotKnown } from "./unknown-values";
import { notKnown, readFlag, readLength, readText } from "./unknown-values";

/** What the expression that an alarm evaluates does with one of its metrics: whether it may hide a value of the metric,
 *  or does not even use it. "none": the alarm evaluates the metric itself. */
export type ExpressionOver =
  "none" | "never below the metric" | "may hide it" | "does not use it" | NotKnown;

/** A metric or an expression of an alarm. */
export interface Query {
  position: number;
  id: string | undefined | NotKnown;
  /** Undefined: it is a metric. */
  expression: string | undefined | NotKnown;
  isReturned: boolean;
}

/** The queries of an alarm. */
export const queriesOf = once((alarm: PolicyResource): Query[] => {
  const count = readLength(alarm, "metricQueries");
  if (count === notKnown) return [];
  return Array.from({ length: count }, (_, position) => ({
    position,
    id: readText(alarm, "metricQueries", position, "id"),
    expression: readText(alarm, "metricQueries", position, "expression"),
    isReturned: count === 1 || readFlag(alarm, "metricQueries", position, "returnData") === true,
  }));
});

export function expressionOver(queries: Query[], metric: Query): ExpressionOver {
  if (metric.isReturned) return "none";
  const returned = queries.find(({ isReturned }) => isReturned);
  if (returned === undefined) return "does not use it";
  if (queries.some(({ id }) => id === notKnown)) return notKnown;
  const above = isAbove(returned, metric, queries, []);
  if (above === notKnown) return notKnown;
  if (above) return "never below the metric";
  const used = uses(returned, metric, queries, []);
  if (used === notKnown) return notKnown;
  return used ? "may hide it" : "does not use it";
}

/** An answer about a query. It asks the same about the queries that its expression uses. */
type Answer = boolean | NotKnown;

/** Whether the value of a query is never below that of the metric. */
function isAbove(query: Query, metric: Query, queries: Query[], visited: Query[]): Answer {
  if (query === metric) return true;
  const { expression } = query;
  if (expression === notKnown) return notKnown;
  if (expression === undefined || visited.includes(query)) return false;
  let isKnown = true;
  const found = neverBelow(expression, (id) => {
    const inner = queries.find((one) => one.id === id);
    if (inner === undefined) return false;
    const answer = isAbove(inner, metric, queries, [...visited, query]);
    isKnown &&= answer !== notKnown;
    return answer === true;
  });
  return isKnown ? found === true : notKnown;
}

/** Whether the value of a query depends on the metric. */
function uses(query: Query, metric: Query, queries: Query[], visited: Query[]): Answer {
  if (query === metric) return true;
  const { expression } = query;
  if (expression === notKnown) return notKnown;
  if (expression === undefined || visited.includes(query)) return false;
  const answers = idsIn(expression, metricIds(queries)).map((id) => {
    const inner = queries.find((one) => one.id === id);
    return inner !== undefined && uses(inner, metric, queries, [...visited, query]);
  });
  return answers.includes(true) || (answers.includes(notKnown) ? notKnown : false);
}

const metricIds = (queries: Query[]): string[] =>
  queries.flatMap(({ id, expression }) =>
    typeof id === "string" && expression === undefined ? [id] : [],
  );
