import { InvalidArgumentError } from "commander";
import type { Range } from "../../contracts/range";

/** Reads the value of an option that is a whole number. commander names the option and the value. */
export const wholeNumber =
  ({ min, max }: Range) =>
  (text: string): number => {
    const number = /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Whole numbers from ${min} to ${max} are allowed.`);
  };
