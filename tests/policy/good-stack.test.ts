import { expect } from "chai";
import { rules } from "../../policy/rules";
import { goodStack } from "./good-stack";
import { judge } from "./judge";

/** What each rule cannot decide in the first preview of the good stack. It must decide everything else. */
const undecidedInFirstPreview: Record<string, RegExp[]> = {
  "queue-has-dlq": [
    /maxReceiveCount of queue "files"/,
    /maxReceiveCount of queue "asr"/,
    /maxReceiveCount of queue "events"/,
  ],
};

describe("a stack that breaks no rule", () => {
  for (const rule of rules) {
    it(`passes ${rule.name} once it is deployed, and nothing is undecided`, async () => {
      expect(await judge(rule, goodStack)).to.deep.equal({ violations: [], undecided: "" });
    });

    it(`passes ${rule.name} in its first preview, and leaves only unknown values undecided`, async () => {
      const { violations, undecided } = await judge(rule, goodStack, "first preview");
      expect(violations).to.deep.equal([]);
      const open = undecidedInFirstPreview[rule.name] ?? [];
      expect(undecided.split("\n").slice(1)).to.have.length(open.length);
      for (const one of open) expect(undecided).to.match(one);
    });
  }
});
