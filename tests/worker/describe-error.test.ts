import { expect } from "chai";
import { describeError } from "../../worker/job/describe-error";
import { PermanentError } from "../../worker/job/errors";

describe("the reason of an error", () => {
  it("contains what caused it", () => {
    const cause = new TypeError("no such table");
    expect(describeError(new Error("the index failed", { cause }))).to.equal(
      "the index failed (TypeError: no such table)",
    );
  });

  it("says nothing twice", () => {
    const cause = new PermanentError("the file is a broken pdf");
    expect(
      describeError(new PermanentError("s3://b/k: the file is a broken pdf", { cause })),
    ).to.equal("s3://b/k: the file is a broken pdf");
  });

  it("says something of whatever was thrown", () => {
    expect(describeError(undefined)).to.include("not an Error was thrown: undefined");
    expect(describeError(Object.assign(new Error(""), { code: "ECONNREFUSED" }))).to.equal(
      "ECONNREFUSED",
    );
  });
});
