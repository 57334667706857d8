import { expect } from "chai";
import { speaksFor } from "../../policy/alarm-rule";

const forA = (rule: string) => speaksFor(rule, (name) => name === "a");

describe("the rule of a composite alarm", () => {
  for (const [rule, expected] of [
    ["ALARM(a)", true],
    ["ALARM( 'a' )", true],
    ['ALARM("b")', false],
    ["NOT OK(a)", true],
    ["NOT (ALARM(a) OR ALARM(b))", false],
    ["ALARM(b) OR ALARM(c) AND ALARM(a)", false],
    ["(ALARM(b) OR ALARM(a)) AND NOT ALARM(c)", true],
    ["ALARM(a) OR ALARM(b) AND ALARM(c)", true],
    ["ALARM(a) AND INSUFFICIENT_DATA(b)", false],
    ["TRUE AND ALARM(a)\n", true],
    ["FALSE", false],
  ] as const) {
    it(`${expected ? "speaks" : "is silent"} for an alarm alone: ${rule.trim()}`, () => {
      expect(forA(rule)).to.equal(expected);
    });
  }

  for (const text of ["", "ALARM(a", "ALARM(a) AND", "ALARM(a) ALARM(b)", "(ALARM(a)", "a", "OR"]) {
    it(`is no rule: "${text}"`, () => expect(forA(text)).to.equal(undefined));
  }
});
