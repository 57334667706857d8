import jsep from "jsep";
import {
  type ExpressionScope,
  functions,
  isList,
  isSeries,
  pointwise,
  type Series,
  type Value,
} from "./metric-math";

// CloudWatch's metric math has AND and OR instead of && and ||, and ^ means power.
jsep.addBinaryOp("OR", 1);
jsep.addBinaryOp("AND", 2);
jsep.removeBinaryOp("^");
jsep.addBinaryOp("^", 11, true);

const operators: Record<string, (a: number, b: number) => number> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  "&&": (a, b) => Number(a !== 0 && b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
  "||": (a, b) => Number(a !== 0 || b !== 0),
};

/** Evaluates a metric-math expression. If it uses a function that is not supported here, the result is an error that
 *  names the function, never a wrong number. */
export function evaluateExpression(text: string, scope: ExpressionScope): Series {
  const value = evaluate(jsep(text), scope, text);
  if (typeof value === "string" || isList(value)) {
    throw new Error(`The expression "${text}" gives no single time series`);
  }
  return typeof value === "number" ? Array<number>(scope.length).fill(value) : value;
}

function evaluate(node: jsep.Expression, scope: ExpressionScope, text: string): Value {
  const inner = (child: jsep.Expression) => evaluate(child, scope, text);
  if (is<jsep.Literal>(node, "Literal")) {
    if (typeof node.value === "number" || typeof node.value === "string") return node.value;
  }
  if (is<jsep.Identifier>(node, "Identifier")) {
    if (node.name === "REPEAT" || node.name === "LINEAR") return node.name;
    const series = scope.series.get(node.name);
    if (series === undefined)
      throw new Error(`"${text}" uses ${node.name}, which is no metric of it`);
    return series;
  }
  if (is<jsep.UnaryExpression>(node, "UnaryExpression")) {
    const sign = { "-": -1, "+": 1 }[node.operator];
    if (sign !== undefined) return pointwise([inner(node.argument)], ([a = 0]) => sign * a);
    if (node.operator === "!") return pointwise([inner(node.argument)], ([a]) => Number(a === 0));
  }
  if (is<jsep.BinaryExpression>(node, "BinaryExpression")) {
    const operator = operators[node.operator];
    if (operator !== undefined) {
      return pointwise([inner(node.left), inner(node.right)], ([a = 0, b = 0]) => operator(a, b));
    }
  }
  if (is<jsep.ArrayExpression>(node, "ArrayExpression")) {
    return node.elements.flatMap((element) => {
      const value = element === null ? undefined : inner(element);
      if (isList(value)) return value;
      if (isSeries(value)) return [value];
      throw new Error(`A list in "${text}" holds something else than metrics`);
    });
  }
  if (
    is<jsep.CallExpression>(node, "CallExpression") &&
    is<jsep.Identifier>(node.callee, "Identifier")
  ) {
    const { name } = node.callee;
    const function_ = functions[name];
    if (function_ === undefined) {
      const known = Object.keys(functions).join(", ");
      throw new Error(`"${text}" calls ${name}; the local evaluator knows ${known}`);
    }
    return function_(node.arguments.map(inner), scope);
  }
  throw new Error(`"${text}" is no metric math that the local evaluator knows`);
}

function is<Kind extends jsep.Expression>(node: jsep.Expression, type: Kind["type"]): node is Kind {
  return node.type === type;
}
