import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { expect } from "chai";
import { UnavailableError } from "../../../worker/job/errors";
import { withTemporaryFolder } from "../../../worker/processors/temporary-folder";

describe("a temporary folder", () => {
  it("is there while it is used, and gone afterwards, also when that failed", async () => {
    let folder = "";
    const failure = new Error("no such luck");
    const used = withTemporaryFolder((given) => {
      folder = given;
      expect(existsSync(folder)).to.equal(true);
      return Promise.reject(failure);
    });
    expect(await used.catch((error: unknown) => error)).to.equal(failure);
    expect(existsSync(folder)).to.equal(false);
  });

  it("says that the disk is full, of which no message is the cause", async function () {
    if (!existsSync("/dev/full")) this.skip();
    const used = withTemporaryFolder(() => writeFile("/dev/full", "a text"));
    const error = await used.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(UnavailableError);
    expect(String(error)).to.include("the disk cannot be used").and.include("ENOSPC");
  });
});
