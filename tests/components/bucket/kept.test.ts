import { expect } from "chai";
import {
  isOwn,
  lifecycleEntriesOf,
  notificationsOf,
  ownName,
  statementsOf,
  type Entry,
} from "../../../contracts/adoption";
import { lifecycle } from "../../../components/bucket/lifecycle";
import { queuePolicy } from "../../../components/queue/queue-policy";

const deployment = {
  ...{ system: "s", environment: "dev", region: "eu-west-1", accountId: "123456789012" },
};
const arn = "arn:aws:sqs:eu-west-1:123456789012:q";
const senders = ["a", "b"].map((name) => ({
  ...{ service: "s3.amazonaws.com", sourceArn: `arn:aws:s3:::${name}` },
}));

describe("what the program knows as its own", () => {
  const own: Record<string, Entry[]> = {
    rules: lifecycleEntriesOf({ ...lifecycle(90) }),
    statements: statementsOf(queuePolicy(deployment, arn, senders)),
    notifications: notificationsOf({
      queues: [
        {
          id: ownName("queuefleet-", { value: { kind: "queues", queueArn: arn, events: ["e"] } }),
          ...{ queueArn: arn, events: ["e"] },
        },
      ],
    }),
  };

  for (const [kind, entries] of Object.entries(own)) {
    it(`are its ${kind}, but nothing else of their names`, () => {
      expect(entries).not.to.have.length(0);
      for (const { id, value, exact } of entries) {
        expect(isOwn({ id, value, exact }), id).to.equal(true);
        for (const key of Object.keys(value).filter((name) => !/^(Sid|id)$/.test(name))) {
          const changed = { ...value, [key]: "another" };
          expect(isOwn({ id, value: changed, exact }), `${id} ${key}`).to.equal(false);
        }
        const more = { id, value: { ...value, More: { x: "1" } }, exact };
        expect(isOwn(more), id).to.equal(false);
        expect(isOwn({ id: "theirs", value, exact })).to.equal(false);
      }
    });
  }

  it("are also those that it made with other numbers and for other senders", () => {
    for (const entry of lifecycleEntriesOf({ ...lifecycle(7) })) {
      expect(isOwn(entry)).to.equal(true);
    }
    for (const entry of statementsOf(queuePolicy(deployment, `${arn}-2`, senders))) {
      expect(isOwn(entry)).to.equal(true);
    }
  });

  it("are rules as a provider reads them, and statements only to the letter", () => {
    const [rule] = own.rules ?? [];
    const read = { ...rule?.value, filter: undefined, transitions: [] };
    expect(isOwn({ id: rule?.id ?? "", value: read })).to.equal(true);
    const [tls] = own.statements ?? [];
    const StringNotEquals = { "aws:PrincipalTag/x": "" };
    const Condition = { ...(tls?.value.Condition as object), StringNotEquals };
    expect(isOwn({ id: "", ...tls, value: { ...tls?.value, Condition } })).to.equal(false);
  });
});

describe("what is kept", () => {
  it("stays beside the program's own, but not what does the same", () => {
    const [unfinished] = lifecycle(undefined).rules as { id: string }[];
    const theirs = { id: "unfinished-uploads", status: "Disabled" };
    const same = { ...unfinished, id: "theirs", status: "Enabled" };
    expect(lifecycle(undefined, [theirs, same]).rules).to.deep.equal([unfinished, theirs]);
    const before = queuePolicy(deployment, arn, senders);
    const kept = statementsOf(before).map(({ value }) => ({ ...value, Sid: "Theirs" }));
    expect(queuePolicy(deployment, arn, senders, kept)).to.equal(before);
    const partner = { Sid: "Partner", Effect: "Allow", Action: "sqs:*" };
    expect(statementsOf(queuePolicy(deployment, arn, senders, [partner]))).to.have.length(4);
  });

  it("is also the smallest object that changes its storage class", () => {
    const setting = { transitionDefaultMinimumObjectSize: "varies_by_storage_class" };
    const inputs = lifecycle(undefined, [setting]);
    expect(inputs).to.include(setting);
    expect(inputs.rules).to.have.length(1);
    expect(lifecycle(undefined)).not.to.have.property("transitionDefaultMinimumObjectSize");
  });

  it("is one statement for a sender that is named twice", () => {
    const policy = statementsOf(queuePolicy(deployment, arn, [...senders, ...senders]));
    expect(new Set(policy.map(({ id }) => id)).size).to.equal(policy.length);
  });
});
