import { expect } from "chai";
import { sameContent } from "../../contracts/adoption";
import { differences } from "../../ops/adopt/differences";
import { compareEntries, entriesInInputs, entriesInService } from "../../ops/adopt/entries";
import { keptValue } from "../../ops/adopt/kept";

const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const notification = "aws:s3/bucketNotification:BucketNotification";
const policy = "aws:s3/bucketPolicy:BucketPolicy";
const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

describe("the entries of what is adopted", () => {
  it("are compared by their content, as AWS and Pulumi write it", () => {
    const same = (one: object, other: object) =>
      sameContent({ id: "a", value: { ...one } }, { id: "b", value: { ...other } });
    expect(same({ Sid: "a", Action: "s3:Get" }, { Action: ["s3:Get"], Sid: "b" })).to.equal(true);
    expect(same({ Action: ["a", "b"] }, { Action: ["b", "a"] })).to.equal(true);
    expect(same({ Action: ["a", "b"] }, { Action: ["a"] })).to.equal(false);
    expect(same({ filter: { prefix: "" }, days: 7 }, { days: "7" })).to.equal(true);
    expect(same({ __defaults: ["x"], days: 0 }, { days: 0 })).to.equal(true);
    expect(same({ days: 0 }, {})).to.equal(false);
    expect(same({ flag: false }, {})).to.equal(false);
  });

  const wanted = {
    [lifecycle]: {
      rules: [
        {
          ...{ id: "own", status: "Enabled", filter: { prefix: "" } },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    },
    [notification]: { queues: [{ queueArn: "arn:own", events: ["s3:ObjectCreated:*"] }] },
    [policy]: { policy: document({ Sid: "Own", Effect: "Deny", Action: "s3:*" }) },
  };
  const compare = (type: keyof typeof wanted, existing: Record<string, unknown>) =>
    compareEntries(type, entriesInService(type, existing), entriesInInputs(type, wanted[type]));

  it("of a lifecycle are the program's own if id and content are", () => {
    const rule = (ID: string, DaysAfterInitiation: number) => ({
      ...{ ID, Status: "Enabled", Filter: { Prefix: "" } },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation },
    });
    expect(compare(lifecycle, { Rules: [rule("own", 7)] })).to.deep.equal({
      foreign: [],
      added: [],
    });
    const other = compare(lifecycle, { Rules: [rule("own", 30), rule("theirs", 7)] });
    expect(other.foreign.map(({ id, kept }) => [id, kept])).to.deep.equal([
      ["own", "instead"],
      ["theirs", "as it is"],
    ]);
    expect(other.added).to.deep.equal([]);
    const setting = { TransitionDefaultMinimumObjectSize: "varies_by_storage_class" };
    const { foreign } = compare(lifecycle, { Rules: [rule("own", 7)], ...setting });
    expect(foreign.map(keptValue)).to.deep.equal([
      { transitionDefaultMinimumObjectSize: "varies_by_storage_class" },
    ]);
    const usual = { TransitionDefaultMinimumObjectSize: "all_storage_classes_128K" };
    expect(compare(lifecycle, { Rules: [rule("own", 7)], ...usual }).foreign).to.deep.equal([]);
  });

  it("of a notification are told apart by their ids", () => {
    const to = (Id: string, QueueArn: string, prefix?: string) => ({
      ...{ Id, QueueArn, Events: ["s3:ObjectCreated:*"] },
      ...(prefix === undefined
        ? {}
        : { Filter: { Key: { FilterRules: [{ Name: "Prefix", Value: prefix }] } } }),
    });
    const own = { QueueConfigurations: [to("any", "arn:own")] };
    expect(compare(notification, own)).to.deep.equal({ foreign: [], added: [] });
    const { foreign, added } = compare(notification, {
      QueueConfigurations: [to("x", "arn:theirs", "a/"), to("y", "arn:theirs", "b/")],
      LambdaFunctionConfigurations: [
        { Id: "f", LambdaFunctionArn: "arn:f", Events: ["s3:ObjectRemoved:*"] },
      ],
      EventBridgeConfiguration: {},
    });
    expect(foreign.map(({ id }) => id)).to.deep.equal(["x", "y", "f", "eventbridge"]);
    expect(foreign.map(keptValue)).to.deep.include({
      ...{ kind: "queues", id: "y", queueArn: "arn:theirs", filterPrefix: "b/" },
      events: ["s3:ObjectCreated:*"],
    });
    expect(added.map(({ id }) => id)).to.deep.equal(["arn:own"]);
    const filtered = compare(notification, {
      QueueConfigurations: [to("z", "arn:own", "in/"), to("w", "arn:own", "out/")],
    });
    expect(filtered.foreign.map(({ kept }) => kept)).to.deep.equal(["instead", "instead"]);
    expect(filtered.added).to.deep.equal([]);
  });

  it("of a policy give up a Sid that the program uses for something else", () => {
    const theirs = { Sid: "Own", Effect: "Allow", Action: ["s3:GetObject"] };
    const { foreign, added } = compare(policy, { Policy: document(theirs) });
    expect(foreign.map(keptValue)).to.deep.equal([{ Effect: "Allow", Action: ["s3:GetObject"] }]);
    expect(added.map(({ id }) => id)).to.deep.equal(["Own"]);
  });

  it("are written without the marks of the provider, at any depth", () => {
    const value = { id: "x", filter: { __defaults: [], prefix: "a" }, __defaults: ["id"] };
    expect(keptValue({ id: "x", value, kept: "as it is" })).to.deep.equal({
      id: "x",
      filter: { prefix: "a" },
    });
  });

  it("say that the language of a policy changes", () => {
    const old = JSON.stringify({ Id: "theirs", Statement: { Sid: "A", Effect: "Allow" } });
    expect(
      differences({
        ...{ name: "p", type: policy, target: "b" },
        inputs: wanted[policy],
        existing: { Policy: old },
      }),
    ).to.deep.equal([
      "policy version 2008-10-17 → 2012-10-17",
      "policy id theirs → (none)",
      "adds Own",
      "keeps A",
    ]);
  });
});
