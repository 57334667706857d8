import { resolve } from "node:path";
import { expect } from "chai";
import { PolicyProcess } from "../../local/policy/policy-process";
import { rules } from "../../policy/rules";

const directory = resolve(__dirname, "../../policy");
const judged = {
  organization: "organization",
  project: "file-search",
  stack: "dev",
  config: {},
  secretKeys: [],
};

describe("the policy pack", () => {
  it("starts from its folder in Pulumi's own runner and serves every rule", async () => {
    const pack = new PolicyProcess({ directory, config: {} }, judged, process.env);
    try {
      const { name, rules: served } = await pack.info;
      expect(name).to.equal("queuefleet");
      expect(served.map((rule) => rule.name)).to.have.members(rules.map((rule) => rule.name));
    } finally {
      pack.close();
    }
  });

  it("gives every rule a name, a reason and a level", () => {
    for (const rule of rules) {
      expect(rule.name).to.match(/^[a-z-]+$/);
      expect(rule.description).to.match(/\w\. \w/);
      expect(rule.enforcementLevel).to.be.oneOf(["mandatory", "advisory"]);
    }
    const mandatory = rules.filter(({ enforcementLevel }) => enforcementLevel === "mandatory");
    expect(mandatory.map(({ name }) => name)).to.deep.equal([
      "queue-has-dlq",
      "visibility-exceeds-worker-timeout",
      "queue-has-alarms",
      "queue-worker-has-error-alarm",
      "mapping-reports-failed-records",
      "mapping-fits-reserved-concurrency",
      "bucket-notifies-queue-once",
    ]);
  });
});
