import { expect } from "chai";
import { errorText } from "../../rehearsal/pulumi-local";

describe("the error text of a failed command", () => {
  const textOf = (answer: object) =>
    errorText({ exitCode: 1, stdout: JSON.stringify(answer), stderr: "progress" });

  it("contains mandatory violations but no advisory notes", () => {
    const violation = (enforcement: string, message: string) => ({ enforcement, message });
    const policyViolations = [violation("advisory", "a note"), violation("mandatory", "no DLQ")];
    expect(textOf({ policyViolations, outputs: {} })).to.equal("no DLQ");
  });

  it("contains the errors of the program but no warnings", () => {
    const diagnostics = [
      { severity: "warning", message: "hm" },
      { severity: "error", message: "no such queue" },
    ];
    expect(textOf({ diagnostics })).to.equal("no such queue");
  });
});
