/** Whether the value of a metric math expression is never below that of one of its metrics: then it cannot hide that the
 *  metric has risen. Depths, ages and counts are never negative. Undefined if the text is not understood, or may hide it.
 *  Syntax: CloudWatch user guide, "Using metric math". */
export function neverBelow(
  expression: string,
  isTheMetric: (id: string) => boolean,
): boolean | undefined {
  const tokens = [...expression.matchAll(/\s*(?:([A-Za-z_]\w*)|(\d+(?:\.\d+)?)|([()[\],+*]))/gy)];
  const text = tokens.map(([match]) => match).join("");
  if (text.length !== expression.trimEnd().length) return undefined;
  const parser = new Parser(
    tokens.map(([, word, number, sign]) => word ?? number ?? sign ?? ""),
    isTheMetric,
  );
  try {
    const value = parser.sum();
    return parser.isAtEnd() ? value === "above" : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The ids of the metrics and expressions that an expression uses. `METRICS()` means all `metrics` of the alarm, and
 *  `METRICS("part")` those whose ids contain the part. */
export function idsIn(expression: string, metrics: string[]): string[] {
  const all = [...expression.matchAll(/\bMETRICS\s*\(\s*(?:"([^"]*)"|'([^']*)')?\s*\)/gi)];
  // An id begins with a small letter. A name before a parenthesis is a function.
  const named = expression.replace(/"[^"]*"|'[^']*'/g, "").matchAll(/\b[a-z]\w*\b(?!\s*\()/g);
  return [
    ...all.flatMap(([, one, other]) => metrics.filter((id) => id.includes(one ?? other ?? ""))),
    ...[...named].map(([id]) => id),
  ];
}

/** "above": at least the metric. A number is a constant. "other": at least zero. */
type Bound = "above" | "other" | number;

class Parser {
  private position = 0;

  constructor(
    private readonly tokens: string[],
    private readonly isTheMetric: (id: string) => boolean,
  ) {}

  isAtEnd(): boolean {
    return this.position === this.tokens.length;
  }

  /** A sum is above the metric if one of its terms is. */
  sum(): Bound {
    let bound = this.product();
    while (this.take("+")) bound = higher(bound, this.product());
    return bound;
  }

  private product(): Bound {
    let bound = this.operand();
    while (this.take("*")) {
      const other = this.operand();
      const [factor, value] = typeof bound === "number" ? [bound, other] : [other, bound];
      // A factor below 1 makes the value smaller, and another metric may be 0.
      bound = value === "above" && typeof factor === "number" && factor >= 1 ? "above" : "other";
    }
    return bound;
  }

  private operand(): Bound {
    if (this.take("(")) {
      const bound = this.sum();
      this.expect(")");
      return bound;
    }
    const token = this.tokens[this.position++];
    if (token === undefined) throw new SyntaxError();
    if (/^\d/.test(token)) return Number(token);
    if (!/^\w/.test(token)) throw new SyntaxError();
    return this.take("(") ? this.call(token.toUpperCase()) : this.metric(token);
  }

  private metric(id: string): Bound {
    return this.isTheMetric(id) ? "above" : "other";
  }

  private call(name: string): Bound {
    const parameters: Bound[] = [];
    // All metrics of the alarm: METRICS(), or METRICS("…"), whose quotes are no tokens here.
    if (name === "METRICS" && this.take(")")) return "above";
    do {
      // FILL(m, REPEAT), SUM(METRICS()), SUM([m1, m2])
      if (this.take("[")) {
        do parameters.push(this.sum());
        while (this.take(","));
        this.expect("]");
      } else parameters.push(this.sum());
    } while (this.take(","));
    this.expect(")");
    if (name === "FILL" || name === "CEIL") return parameters[0] ?? "other";
    if (name === "SUM" || name === "MAX") return parameters.reduce(higher, "other");
    return "other";
  }

  private take(sign: string): boolean {
    if (this.tokens[this.position] !== sign) return false;
    this.position += 1;
    return true;
  }

  private expect(sign: string): void {
    if (!this.take(sign)) throw new SyntaxError();
  }
}

const higher = (one: Bound, other: Bound): Bound =>
  one === "above" || other === "above" ? "above" : "other";
