import { expect } from "chai";
import { sameContent, statementsOf } from "../../contracts/adoption";
import { differences } from "../../ops/adopt/differences";
import { compareEntries, entriesInInputs, entriesInService } from "../../ops/adopt/entries";
import { keptValue } from "../../ops/adopt/deployed";

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
    expect(same({ __defaults: ["x"], days: 1 }, { days: 1 })).to.equal(true);
    expect(same({ days: 7, flag: true }, { days: 7 })).to.equal(false);
    // A provider cannot tell these.
    expect(same({ days: 0, flag: false, tag: "" }, {})).to.equal(true);
  });

  it("of a policy are compared to the letter", () => {
    const same = (one: object, other: object) => {
      const [first, second] = [one, other].map((statement) => statementsOf(document(statement))[0]);
      return first !== undefined && second !== undefined && sameContent(first, second);
    };
    const tls = { Bool: { "aws:SecureTransport": "false" } };
    const Condition = (more: object) => ({ Condition: { ...tls, ...more } });
    expect(same(Condition({}), { Sid: "A", ...Condition({}) })).to.equal(true);
    for (const value of ["", [], false]) {
      const StringEquals = { "aws:PrincipalTag/x": value };
      expect(same(Condition({}), Condition({ StringEquals })), String(value)).to.equal(false);
    }
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

  it("of a lifecycle are told apart by their content", () => {
    const rule = (ID: string, DaysAfterInitiation: number) => ({
      ...{ ID, Status: "Enabled", Filter: { Prefix: "" } },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation },
    });
    expect(compare(lifecycle, { Rules: [rule("own", 7)] })).to.deep.equal({
      foreign: [],
      added: [],
    });
    const other = compare(lifecycle, { Rules: [rule("own", 30), rule("theirs", 7)] });
    expect(other.foreign.map(({ id }) => id)).to.deep.equal(["own"]);
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
    expect(filtered.foreign.map(({ instead }) => instead)).to.deep.equal([true, true]);
    expect(filtered.added).to.deep.equal([]);
  });

  it("of a lifecycle are written as Pulumi has them, with every empty value", () => {
    const tags = [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "" },
    ];
    const service = {
      ID: "all",
      Status: "Enabled",
      Filter: { And: { Prefix: "v/", Tags: tags, ObjectSizeGreaterThan: 0 } },
      Transitions: [{ Days: 0, StorageClass: "INTELLIGENT_TIERING" }],
      Expiration: { Date: "2030-01-01T00:00:00.000Z" },
    };
    expect(entriesInService(lifecycle, { Rules: [service] }).map(keptValue)).to.deep.equal([
      {
        id: "all",
        status: "Enabled",
        filter: { and: { prefix: "v/", tags: { a: "1", b: "" }, objectSizeGreaterThan: 0 } },
        transitions: [{ days: 0, storageClass: "INTELLIGENT_TIERING" }],
        expiration: { date: "2030-01-01T00:00:00Z" },
      },
    ]);
    const one = { ID: "one", Status: "Enabled", Filter: { Tag: { Key: "a", Value: "" } } };
    expect(entriesInService(lifecycle, { Rules: [one] }).map(keptValue)).to.deep.equal([
      { id: "one", status: "Enabled", filter: { tag: { key: "a", value: "" } } },
    ]);
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

  it("of a queue differ only in what the next update sets", () => {
    const existing = {
      attributes: {
        ...{ DelaySeconds: "5", KmsMasterKeyId: "alias/k", KmsDataKeyReusePeriodSeconds: "86400" },
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: "arn:a", maxReceiveCount: 5 }),
        RedriveAllowPolicy: JSON.stringify({ redrivePermission: "allowAll" }),
      },
      tags: { team: "files" },
    };
    const inputs = {
      redrivePolicy: JSON.stringify({ maxReceiveCount: 3, deadLetterTargetArn: "arn:a" }),
      contentBasedDeduplication: false,
    };
    const queue = { name: "q", type: "aws:sqs/queue:Queue", target: "q", inputs, existing };
    expect(differences(queue)).to.deep.equal([
      "delaySeconds 5 → 0",
      "redrivePolicy.maxReceiveCount 5 → 3",
      "kmsMasterKeyId alias/k → (none)",
      "tag team files → (none)",
    ]);
  });
});
