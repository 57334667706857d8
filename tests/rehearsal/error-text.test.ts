import { expect } from "chai";
import { complaint } from "../../rehearsal/pulumi-local";

describe("a rehearsal's step that failed", () => {
  const saying = (answer: object) =>
    complaint({ exitCode: 1, stdout: JSON.stringify(answer), stderr: "progress" });

  it("names the policy's refusal and not the notes beside it", () => {
    const violation = (enforcement: string, message: string) => ({ enforcement, message });
    const policyViolations = [violation("advisory", "a note"), violation("mandatory", "no DLQ")];
    expect(saying({ policyViolations, outputs: {} })).to.equal("no DLQ");
  });

  it("names the program's error", () => {
    const diagnostics = [
      { severity: "warning", message: "hm" },
      { severity: "error", message: "no such queue" },
    ];
    expect(saying({ diagnostics })).to.equal("no such queue");
  });
});
