import { expect } from "chai";
import { buildFleet, releasedSha256 } from "./fleet-fixture";

const parameter = "/queuefleet/dev/shop/workers/release-hold";
const hold = (bundle: string) =>
  JSON.stringify([
    {
      bundle,
      runs: "b".repeat(64),
      since: "2026-11-26T10:00:00Z",
      by: "arn:aws:iam::123456789012:user/kim",
      reason: "every file failed",
    },
  ]);

const refusal = (value: string) =>
  buildFleet({}, { parameters: { [parameter]: value } }).then(
    () => undefined,
    (error: unknown) => String(error),
  );

describe("a release hold", () => {
  it("refuses the bundle that was rolled back, and says who held it and how to go on", async () => {
    const message = await refusal(hold(releasedSha256()));
    for (const part of [
      `would get the bundle ${releasedSha256().slice(0, 12)} again`,
      "rolled back to bbbbbbbbbbbb by arn:aws:iam::123456789012:user/kim at 2026-11-26T10:00:00Z: every file failed",
      `ops release-hold lift dev shop ${releasedSha256().slice(0, 12)}`,
      parameter,
    ]) {
      expect(message).to.include(part);
    }
  });

  it("lets any other bundle pass", async () => {
    expect(await refusal(hold("c".repeat(64)))).to.equal(undefined);
  });

  it("is not ignored if it cannot be read", async () => {
    expect(await refusal("not a hold")).to.include(`${parameter} is no release hold`);
  });
});
