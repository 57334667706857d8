import { expect } from "chai";
import { firesAlone } from "../../policy/alarm-rule";

const firesForA = (rule: string) => firesAlone(rule, (name) => name === "a");

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
    it(`${expected ? "fires" : "does not fire"} when only alarm a is on: ${rule.trim()}`, () => {
      expect(firesForA(rule)).to.equal(expected);
    });
  }

  for (const text of ["", "ALARM(a", "ALARM(a) AND", "ALARM(a) ALARM(b)", "(ALARM(a)", "a", "OR"]) {
    it(`is not a valid rule: "${text}"`, () => expect(firesForA(text)).to.equal(undefined));
  }
});
