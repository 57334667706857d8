import * as pulumi from "@pulumi/pulumi";
import type { Range } from "../contracts/range";

export const isWholeNumber = (value: number, { min, max }: Range): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

/** Collects all faults of a component's arguments, so that one error lists them all. */
export class ArgumentFaults {
  readonly #faults: string[] = [];

  constructor(private readonly subject: string) {}

  /** A fault states the given value, the rule that it breaks and, if not obvious, the fix. */
  require(holds: boolean, fault: string): this {
    if (!holds) this.#faults.push(fault);
    return this;
  }

  /** `rule` is the text before the range, such as "SQS allows whole seconds". */
  wholeNumber(field: string, value: number, range: Range, rule: string): this {
    return this.require(
      isWholeNumber(value, range),
      `${field} is ${value}; ${rule} from ${range.min} to ${range.max}`,
    );
  }

  /** A text of a length and form that a service allows; `allowed` says both. */
  text(field: string, value: string, pattern: RegExp, allowed: string): this {
    return this.require(pattern.test(value), `${field} is "${value}"; ${allowed}`);
  }

  throwIfAny(): void {
    if (this.#faults.length > 0) {
      throw new pulumi.RunError(
        `Invalid ${this.subject}:\n${this.#faults.map((f) => `  - ${f}`).join("\n")}`,
      );
    }
  }
}
