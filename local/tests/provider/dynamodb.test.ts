import { expect } from "chai";
import type { PropertyMap } from "../../values/property-value";
import { itLives, Resource } from "./lifecycle";
import { region, startProvider, type ProviderUnderTest } from "./provider-under-test";

const type = "aws:dynamodb/table:Table";

describe("provider: DynamoDB", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  itLives(
    {
      type,
      inputs: () => ({
        name: "watchme-state",
        billingMode: "PAY_PER_REQUEST",
        hashKey: "id",
        attributes: [{ name: "id", type: "S" }],
        ttl: { attributeName: "expiration", enabled: true },
        tags: { Project: "files" },
      }),
      outputs: () => ({
        arn: `arn:aws:dynamodb:${region}:${under.account.accountId}:table/watchme-state`,
        tableClass: "STANDARD",
        pointInTimeRecovery: { enabled: false },
        streamArn: "",
      }),
      updates: (): PropertyMap[] => [
        { pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 7 } },
        { serverSideEncryption: { enabled: true } },
        { deletionProtectionEnabled: true },
        { deletionProtectionEnabled: false },
        { tableClass: "STANDARD_INFREQUENT_ACCESS" },
        { billingMode: "PROVISIONED", readCapacity: 1, writeCapacity: 2 },
        { readCapacity: 3 },
        { tags: { Project: "other" } },
      ],
      replacements: [{ name: "other" }],
      // The embedded cloud has no other period than the default.
      importShows: ["pointInTimeRecovery.recoveryPeriodInDays"],
    },
    () => under,
  );

  it("is quiet after the expiry of items ended, although the service forgets its attribute", async () => {
    const resource = new Resource(under, type, "expiring");
    const inputs = (ttl: PropertyMap) => ({
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      attributes: [{ name: "id", type: "S" }],
      ttl: { attributeName: "expiration", ...ttl },
    });
    const made = await resource.create(inputs({ enabled: true }));
    const ended = await resource.update(made, inputs({ enabled: false }));
    expect(ended.outputs.ttl).to.deep.equal({ attributeName: "", enabled: false });
    expect((await resource.diff(ended, inputs({ enabled: false }))).changes).to.equal("none");
    await resource.delete(ended);
  });

  it("replaces a table with another key, and ignores another type of its key", async () => {
    const resource = new Resource(under, type, "keyed");
    const inputs = (attribute: string, kind = "S") => ({
      billingMode: "PAY_PER_REQUEST",
      hashKey: attribute,
      attributes: [{ name: attribute, type: kind }],
    });
    const made = await resource.create(inputs("id"));
    expect((await resource.diff(made, inputs("other"))).replaceKeys).to.deep.equal(["hashKey"]);
    expect((await resource.diff(made, inputs("id", "N"))).changes).to.equal("none");
    await resource.delete(made);
  });

  it("does not delete a protected table", async () => {
    const resource = new Resource(under, type, "protected");
    const inputs = {
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      attributes: [{ name: "id", type: "S" }],
      deletionProtectionEnabled: true,
    };
    const made = await resource.create(inputs);
    const failure = await resource.delete(made).catch(String);
    expect(failure).to.include("protected against deletion");
    const open = await resource.update(made, { ...inputs, deletionProtectionEnabled: false });
    await resource.delete(open);
  });

  it("refuses what DynamoDB would refuse, and what is not emulated", async () => {
    const table = { hashKey: "id", attributes: [{ name: "id", type: "S" }] };
    const reasons = async (more: PropertyMap) =>
      (await new Resource(under, type, "refused").check({ ...table, ...more })).failures
        .map(({ reason }) => reason)
        .join("\n");
    expect(await reasons({ rangeKey: "at" })).to.include('no type for the key "at"');
    expect(
      await reasons({
        attributes: [
          { name: "id", type: "S" },
          { name: "at", type: "N" },
        ],
      }),
    ).to.include('attributes has "at", which is no key');
    expect(await reasons({ billingMode: "PAY_PER_REQUEST", readCapacity: 1 })).to.include(
      "readCapacity is 1",
    );
    expect(await reasons({ ttl: { enabled: true } })).to.include("ttl.attributeName is missing");
    expect(await reasons({ streamEnabled: true })).to.include("streamEnabled is not known");
  });
});
