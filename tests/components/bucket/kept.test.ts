import { expect } from "chai";
import { lifecycleEntriesOf, statementsOf } from "../../../contracts/adoption";
import { isOwnRule, lifecycle } from "../../../components/bucket/lifecycle";
import { isOwnStatement, queuePolicy } from "../../../components/queue/queue-policy";

describe("what a component knows as its own", () => {
  it("are its lifecycle rules, with any number of days, and no others of their names", () => {
    const own = lifecycleEntriesOf({ ...lifecycle(90) });
    expect(own.map(({ id }) => id)).to.deep.equal(["unfinished-uploads", "old-versions"]);
    expect(own.every(isOwnRule)).to.equal(true);
    const [unfinished] = own;
    const other = { abortIncompleteMultipartUpload: { daysAfterInitiation: 30 } };
    expect(
      isOwnRule({ id: "unfinished-uploads", value: { ...unfinished?.value, ...other } }),
    ).to.equal(false);
    expect(isOwnRule({ id: "theirs", value: { ...unfinished?.value, id: "theirs" } })).to.equal(
      false,
    );
  });

  it("are the statements of a queue's policy, for any sender, and no others of their names", () => {
    const deployment = {
      system: "s",
      environment: "dev",
      region: "eu-west-1",
      accountId: "123456789012",
    };
    const arn = "arn:aws:sqs:eu-west-1:123456789012:q";
    const sender = { service: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::b" };
    const own = statementsOf(queuePolicy(deployment, arn, [sender, sender]));
    expect(own.every((entry) => isOwnStatement(deployment, arn, entry))).to.equal(true);
    for (const { id, value } of own) {
      const changed = { id, value: { ...value, Action: "sqs:ReceiveMessage" } };
      expect(isOwnStatement(deployment, arn, changed), id).to.equal(false);
      const ofAnother = isOwnStatement(deployment, `${arn}-2`, { id, value });
      expect(ofAnother, id).to.equal(false);
    }
  });
});

describe("what a bucket keeps", () => {
  it("takes the place of the program's rule of the same id", () => {
    const kept = { id: "unfinished-uploads", status: "Disabled" };
    expect(lifecycle(undefined, [kept, { id: "theirs", status: "Enabled" }]).rules).to.deep.equal([
      kept,
      { id: "theirs", status: "Enabled" },
    ]);
  });

  it("is also the smallest object that changes its storage class", () => {
    const setting = { transitionDefaultMinimumObjectSize: "varies_by_storage_class" };
    const inputs = lifecycle(undefined, [setting]);
    expect(inputs).to.include(setting);
    expect(inputs.rules).to.have.length(1);
    expect(lifecycle(undefined)).not.to.have.property("transitionDefaultMinimumObjectSize");
  });
});
