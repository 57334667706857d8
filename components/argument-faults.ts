import * as pulumi from "@pulumi/pulumi";
import type { Range } from "../contracts/range";

/** Collects what is wrong with a component's arguments, so that one error names all of it. */
export class ArgumentFaults {
  readonly #faults: string[] = [];

  constructor(private readonly subject: string) {}

  /** A fault says the value given, the rule it breaks and, where it is not plain, the fix. */
  require(holds: boolean, fault: string): this {
    if (!holds) this.#faults.push(fault);
    return this;
  }

  /** `rule` goes on with the range: "SQS allows whole seconds". */
  wholeNumber(field: string, value: number, { min, max }: Range, rule: string): this {
    return this.require(
      Number.isInteger(value) && value >= min && value <= max,
      `${field} is ${value}; ${rule} from ${min} to ${max}`,
    );
  }

  throwIfAny(): void {
    if (this.#faults.length > 0) {
      throw new pulumi.RunError(
        `Invalid ${this.subject}:\n${this.#faults.map((f) => `  - ${f}`).join("\n")}`,
      );
    }
  }
}
