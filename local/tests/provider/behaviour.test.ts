import { expect } from "chai";
import { type PropertyMap, Secret, Unknown } from "../../values/property-value";
import { replaces } from "../../provider-client/provider";
import { Resource } from "./lifecycle";
import { startProvider, type ProviderUnderTest } from "./provider-under-test";
import { newSecurityGroup } from "./surroundings";

const queueType = "aws:sqs/queue:Queue";

const failureOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no failure",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe("provider: what all types share", () => {
  let under: ProviderUnderTest;
  before(async () => {
    under = await startProvider({
      defaultTags: JSON.stringify({ tags: { Owner: "files-team", Project: "files" } }),
    });
  });
  after(() => under.close());

  describe("check", () => {
    it("names all faults at once, with value and rule", async () => {
      const resource = new Resource(under, queueType, "faulty");
      const { failures } = await resource.check({
        name: "not a name",
        visibilityTimeoutSeconds: 50_000,
        delaySeconds: "soon",
        visibilityTimeout: 30,
      });
      const reasons = failures.map(({ reason }) => reason).join("\n");
      expect(failures).to.have.length(4);
      expect(reasons).to.contain(
        "visibilityTimeoutSeconds is 50000; it must be a whole number from 0 to 43200",
      );
      expect(reasons).to.contain('delaySeconds is "soon"; it must be a number');
      expect(reasons).to.contain("visibilityTimeout is not known to the local provider");
      expect(reasons).to.contain("name is not a name");
    });

    it("names required properties that are missing, nested ones by their path", async () => {
      const resource = new Resource(
        under,
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "b",
      );
      const { failures } = await resource.check({ rule: {} });
      expect(failures.map(({ property }) => property)).to.have.members([
        "bucket",
        "rule.objectOwnership",
      ]);
    });

    it("refuses what only the cloud can set", async () => {
      const { failures } = await new Resource(under, queueType, "q").check({ arn: "arn:aws:sqs" });
      expect(failures[0]?.reason).to.contain("arn is an output");
    });

    it("takes numbers and flags given as text, and documents given as objects", async () => {
      const inputs = await new Resource(under, queueType, "texts").checked({
        visibilityTimeoutSeconds: "60",
        sqsManagedSseEnabled: "true",
        redrivePolicy: { maxReceiveCount: 3 },
      });
      expect(inputs.visibilityTimeoutSeconds).to.equal(60);
      expect(inputs.sqsManagedSseEnabled).to.equal(true);
      expect(inputs.redrivePolicy).to.equal('{"maxReceiveCount":3}');
    });

    it("knows what AWS would refuse", async () => {
      const faultsOf = async (type: string, news: PropertyMap) => {
        const { failures } = await new Resource(under, type, "refused").check(news);
        return failures.map(({ property }) => property);
      };
      const parameter = "aws:ssm/parameter:Parameter";
      expect(await faultsOf(queueType, { contentBasedDeduplication: true })).to.deep.equal([
        "contentBasedDeduplication",
      ]);
      expect(
        await faultsOf(parameter, { name: "/a", type: "SecureString", insecureValue: "1" }),
      ).to.deep.equal(["insecureValue"]);
    });

    it("says nothing about what is not known yet", async () => {
      const inputs = await new Resource(under, queueType, "later").checked({
        visibilityTimeoutSeconds: Unknown.value,
        policy: Unknown.value,
      });
      expect(inputs.visibilityTimeoutSeconds).to.equal(Unknown.value);
    });

    it("names a type that it does not know", async () => {
      const resource = new Resource(under, "aws:rds/instance:Instance", "db");
      expect(await failureOf(resource.check({}))).to.contain(
        "The resource type aws:rds/instance:Instance is not known to the local AWS provider",
      );
    });
  });

  describe("names", () => {
    it("are the logical name and seven hex digits, and stay", async () => {
      const resource = new Resource(under, queueType, "uploads");
      const first = await resource.checked({});
      expect(first.name).to.match(/^uploads-[0-9a-f]{7}$/);
      expect((await resource.checked({})).name).to.equal(first.name);
      const taken = { ...first, name: "uploads-0000000" };
      expect((await resource.checked({}, taken)).name).to.equal("uploads-0000000");
    });

    it("follow the rules of the service", async () => {
      const fifo = await new Resource(under, queueType, "ordered").checked({ fifoQueue: true });
      expect(fifo.name).to.match(/^ordered-[0-9a-f]{7}\.fifo$/);
      const bucket = await new Resource(under, "aws:s3/bucket:Bucket", "MyFiles").checked({});
      expect(bucket.bucket).to.match(/^myfiles-[0-9a-f]{7}$/);
      const alias = await new Resource(under, "aws:kms/alias:Alias", "key").checked({
        targetKeyId: "x",
      });
      expect(alias.name).to.match(/^alias\/key-[0-9a-f]{7}$/);
    });

    it("begin with the prefix where one is given", async () => {
      const resource = new Resource(under, queueType, "prefixed");
      const made = await resource.create({ namePrefix: "jobs-" });
      expect(made.outputs.name).to.match(/^jobs-\d{26}$/);
      expect((await resource.diff(made, { namePrefix: "jobs-" })).changes).to.equal("none");
      await resource.delete(made);
    });

    it("that the program fixes are deleted before they are replaced, generated ones after", async () => {
      const fixed = new Resource(under, queueType, "fixed");
      const one = await fixed.create({ name: "fixed" });
      const toFifo = await fixed.diff(one, { name: "fixed", region: "eu-west-1" });
      expect([replaces(toFifo), toFifo.deleteBeforeReplace]).to.deep.equal([true, true]);
      const renamed = await fixed.diff(one, { name: "renamed" });
      expect([replaces(renamed), renamed.deleteBeforeReplace]).to.deep.equal([true, false]);
      const free = new Resource(under, queueType, "free");
      const other = await free.create({});
      const moved = await free.diff(other, { region: "eu-west-1" });
      expect([replaces(moved), moved.deleteBeforeReplace]).to.deep.equal([true, false]);
      await fixed.delete(one);
      await free.delete(other);
    });
  });

  describe("tags", () => {
    it("are separated into the program's tags and the provider's default tags", async () => {
      const resource = new Resource(under, queueType, "tagged");
      const inputs = { name: "tagged", tags: { Project: "search" } };
      const made = await resource.create(inputs);
      expect(made.outputs.tags).to.deep.equal({ Project: "search" });
      expect(made.outputs.tagsAll).to.deep.equal({ Owner: "files-team", Project: "search" });
      expect((await resource.diff(made, inputs)).changes).to.equal("none");
      await under.clients.sqs.untagQueue({ QueueUrl: made.id, TagKeys: ["Owner"] });
      const drifted = await resource.refresh(made);
      const diff = await resource.diff(drifted ?? made, inputs);
      expect(Object.keys(diff.detailedDiff ?? {})).to.deep.equal(["tagsAll.Owner"]);
      await resource.delete(made);
    });
  });

  describe("differences", () => {
    it("are none between documents that mean the same", async () => {
      const resource = new Resource(under, queueType, "documents");
      const policy = (action: unknown) =>
        JSON.stringify({
          Statement: [{ Action: action, Effect: "Allow", Principal: "*", Resource: "*" }],
          Version: "2012-10-17",
        });
      const made = await resource.create({ policy: policy(["sqs:SendMessage"]) });
      const same = await resource.diff(made, { policy: policy("sqs:SendMessage") });
      expect(same.changes).to.equal("none");
      const other = await resource.diff(made, { policy: policy("sqs:*") });
      expect(other.detailedDiff).to.have.keys("policy");
      await resource.delete(made);
    });

    it("are none between sets in another order", async () => {
      const type = "aws:cloudwatch/metricAlarm:MetricAlarm";
      const resource = new Resource(under, type, "ordered");
      const alarm = (...alarmActions: string[]) => ({
        comparisonOperator: "GreaterThanThreshold",
        evaluationPeriods: 1,
        namespace: "Files",
        metricName: "Failed",
        statistic: "Sum",
        period: 60,
        threshold: 1,
        alarmActions,
      });
      const made = await resource.create(alarm("arn:aws:sns:a", "arn:aws:sns:b"));
      const diff = await resource.diff(made, alarm("arn:aws:sns:b", "arn:aws:sns:a"));
      expect(diff.changes).to.equal("none");
      await resource.delete(made);
    });

    it("that the program ignores are not seen and not repaired", async () => {
      const resource = new Resource(under, queueType, "ignored");
      const made = await resource.create({ delaySeconds: 1, tags: { a: "1", b: "2" } });
      const news = { delaySeconds: 2, tags: { a: "3", b: "4" } };
      const some = await resource.diff(made, news, ["delaySeconds", "tags.a", 'tagsAll["a"]']);
      expect(Object.keys(some.detailedDiff ?? {})).to.have.members(["tags.b", "tagsAll.b"]);
      await resource.delete(made);
    });

    it("replace where AWS takes no such change, and only there", async () => {
      const type = "aws:ssm/parameter:Parameter";
      const inputs = { name: "/files/tier", type: "String", value: "1" };
      const parameter = new Resource(under, type, "tier");
      const standard = await parameter.create({ ...inputs, tier: "Standard" });
      const up = await parameter.diff(standard, { ...inputs, tier: "Advanced" });
      expect(up.replaceKeys).to.deep.equal([]);
      const advanced = await parameter.update(standard, { ...inputs, tier: "Advanced" });
      const down = await parameter.diff(advanced, { ...inputs, tier: "Standard" });
      expect(down.replaceKeys).to.deep.equal(["tier"]);
      const chosen = await parameter.diff(advanced, { ...inputs, tier: "Intelligent-Tiering" });
      expect(chosen.replaceKeys).to.deep.equal([]);
      await parameter.delete(advanced);

      const { group } = await newSecurityGroup(under, "sources");
      const rule = new Resource(
        under,
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "source",
      );
      const to443 = { securityGroupId: group, ipProtocol: "tcp", fromPort: 443, toPort: 443 };
      const made = await rule.create({ ...to443, cidrIpv4: "10.0.0.0/8" });
      const wider = await rule.diff(made, { ...to443, cidrIpv4: "0.0.0.0/0" });
      expect(wider.replaceKeys).to.deep.equal([]);
      const other = await rule.diff(made, { ...to443, referencedSecurityGroupId: group });
      expect(other.replaceKeys).to.have.members(["cidrIpv4", "referencedSecurityGroupId"]);
      await rule.delete(made);
    });

    it("are expected where a value is not known yet", async () => {
      const resource = new Resource(under, queueType, "unknown");
      const made = await resource.create({ name: "unknown" });
      const diff = await resource.diff(made, { name: "unknown", redrivePolicy: Unknown.value });
      expect(diff.detailedDiff).to.have.keys("redrivePolicy");
      const renamed = await resource.diff(made, { name: Unknown.value });
      expect(renamed.replaceKeys).to.deep.equal(["name"]);
      await resource.delete(made);
    });
  });

  it("previews a create with what only the cloud can say as unknown", async () => {
    const resource = new Resource(under, queueType, "preview");
    const { outputs } = await under.provider.create({
      urn: resource.urn,
      inputs: await resource.checked({ name: "preview", policy: Unknown.value }),
      timeoutSeconds: 0,
      preview: true,
    });
    expect(outputs.url).to.equal(Unknown.value);
    expect(outputs.arn).to.equal(Unknown.value);
    expect(outputs.policy).to.equal(Unknown.value);
    expect(outputs.visibilityTimeoutSeconds).to.equal(30);
    expect(outputs.tagsAll).to.deep.equal({ Owner: "files-team", Project: "files" });
  });

  it("previews an update without changing anything", async () => {
    const resource = new Resource(under, queueType, "preview-update");
    const made = await resource.create({ delaySeconds: 1 });
    const { outputs } = await under.provider.update({
      urn: resource.urn,
      id: made.id,
      oldInputs: made.inputs,
      oldOutputs: made.outputs,
      newInputs: await resource.checked({ delaySeconds: 9 }, made.inputs),
      timeoutSeconds: 0,
      ignoreChanges: [],
      preview: true,
    });
    expect(outputs.delaySeconds).to.equal(9);
    expect(outputs.arn).to.equal(made.outputs.arn);
    expect((await resource.refresh(made))?.outputs.delaySeconds).to.equal(1);
    await resource.delete(made);
  });

  it("keeps secret what came in as a secret, and what is secret by nature", async () => {
    const resource = new Resource(under, "aws:ssm/parameter:Parameter", "secret");
    const made = await resource.create({
      name: "/secret",
      type: "SecureString",
      value: new Secret("xoxb"),
      description: new Secret("hidden"),
    });
    expect(made.inputs.value).to.deep.equal(new Secret("xoxb"));
    expect(made.outputs.value).to.deep.equal(new Secret("xoxb"));
    expect(made.outputs.description).to.deep.equal(new Secret("hidden"));
    const read = await resource.refresh(made);
    expect(read?.outputs).to.deep.equal(made.outputs);
    expect((await resource.import("/secret"))?.outputs.value).to.deep.equal(new Secret("xoxb"));
    await resource.delete(made);
  });

  it("manages a resource in another region than its own", async () => {
    const resource = new Resource(under, queueType, "abroad");
    const made = await resource.create({ name: "abroad", region: "eu-west-1" });
    expect(made.outputs.arn).to.contain(":eu-west-1:");
    expect((await resource.refresh(made))?.outputs.region).to.equal("eu-west-1");
    await resource.delete(made);
    expect(await resource.refresh(made)).to.equal(undefined);
  });

  it("reads nothing if the resource does not exist", async () => {
    expect(await new Resource(under, "aws:iam/role:Role", "none").import("nobody")).to.equal(
      undefined,
    );
  });

  it("records what the cloud cannot hold, and warns", async () => {
    const type = "aws:synthetics/canary:Canary";
    const resource = new Resource(under, type, "canary");
    const inputs = (handler: string) => ({
      name: "health",
      handler,
      schedule: { expression: "rate(5 minutes)" },
    });
    const preview = await under.provider.create({
      urn: resource.urn,
      inputs: await resource.checked({ ...inputs("a.b"), executionRoleArn: Unknown.value }),
      timeoutSeconds: 0,
      preview: true,
    });
    expect(preview.outputs).to.deep.include({ name: "health", executionRoleArn: Unknown.value });
    const made = await resource.create(inputs("a.b"));
    expect(made.outputs).to.deep.include(inputs("a.b"));
    expect((await resource.diff(made, inputs("a.b"))).changes).to.equal("none");
    expect((await resource.diff(made, inputs("c.d"))).changes).to.equal("some");
    expect(under.warnings.join()).to.contain(`not emulated: ${type}`);
    const changed = await resource.update(made, inputs("c.d"));
    expect(changed.outputs).to.deep.include(inputs("c.d"));
    const refreshed = await resource.refresh(changed);
    expect(refreshed).to.deep.include({ inputs: changed.inputs, outputs: changed.outputs });
    await resource.delete(changed);
  });

  it("reads the account of its credentials", async () => {
    const { outputs } = await under.provider.invoke({
      token: "aws:index/getCallerIdentity:getCallerIdentity",
      inputs: {},
      preview: false,
    });
    expect(outputs.accountId).to.equal(under.account.accountId);
  });

  it("makes policy documents", async () => {
    const { outputs } = await under.provider.invoke({
      token: "aws:iam/getPolicyDocument:getPolicyDocument",
      inputs: {
        statements: [
          {
            actions: ["sqs:SendMessage"],
            resources: ["*"],
            principals: [{ type: "Service", identifiers: ["sns.amazonaws.com"] }],
            conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["true"] }],
          },
        ],
      },
      preview: false,
    });
    expect(JSON.parse(outputs.json as string)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: "*",
          Condition: { Bool: { "aws:SecureTransport": "true" } },
        },
      ],
    });
  });
});

describe("provider: configuration", () => {
  it("refuses an account that is not allowed", async () => {
    const failure = await failureOf(startProvider({ allowedAccountIds: '["111111111111"]' }));
    expect(failure).to.contain("AWS account ID not allowed");
  });

  it("refuses an endpoint that is not on this machine", async () => {
    const failure = await failureOf(startProvider({}, "https://sqs.ap-northeast-1.amazonaws.com"));
    expect(failure).to.contain("is not on this machine");
  });

  it("names the keys that it does not know", async () => {
    const failure = await failureOf(startProvider({ assumeRoles: "[]" }));
    expect(failure).to.contain("assumeRoles is not known to the local provider");
  });
});
