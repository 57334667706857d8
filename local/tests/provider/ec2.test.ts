import { expect } from "chai";
import { itLives, Resource } from "./lifecycle";
import { region, startProvider, type ProviderUnderTest } from "./provider-under-test";

describe("provider: EC2", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const out = (port: number) => ({
    protocol: "tcp",
    fromPort: port,
    toPort: port,
    cidrBlocks: ["0.0.0.0/0"],
    description: `Calls to port ${port}`,
  });
  itLives(
    {
      type: "aws:ec2/securityGroup:SecurityGroup",
      inputs: {
        name: "machines",
        description: "Machines",
        ingress: [],
        egress: [out(443)],
        tags: { Name: "machines" },
      },
      updates: [
        { egress: [out(443), out(5432)] },
        { ingress: [out(80)] },
        { egress: [out(5432)], ingress: [] },
        { tags: { Name: "other" } },
      ],
      replacements: [{ name: "others" }, { description: "Other" }],
    },
    () => under,
  );

  for (const direction of ["Ingress", "Egress"]) {
    const type = `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`;
    itLives(
      {
        type,
        prepare: async () => {
          const { GroupId = "" } = await under.clients.ec2.createSecurityGroup({
            GroupName: `rules-${direction}`,
            Description: "Rules",
          });
          return { group: GroupId };
        },
        inputs: ({ group = "" }) => ({
          securityGroupId: group,
          ipProtocol: "tcp",
          fromPort: 443,
          toPort: 443,
          cidrIpv4: "10.0.0.0/8",
          description: "TLS",
        }),
        updates: [{ fromPort: 8443, toPort: 8443 }, { description: "TLS, another port" }],
        replacements: [{ securityGroupId: "sg-other" }],
      },
      () => under,
    );
  }

  const tagged = (value: string) => [{ resourceType: "instance", tags: { Name: value } }];
  itLives(
    {
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      inputs: {
        name: "worker-template",
        imageId: "resolve:ssm:/aws/service/ami",
        instanceType: "t3.medium",
        userData: Buffer.from("#cloud-config\n").toString("base64"),
        iamInstanceProfile: { arn: "arn:aws:iam::123456789012:instance-profile/machines" },
        vpcSecurityGroupIds: ["sg-1"],
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: {
              volumeSize: 20,
              volumeType: "gp3",
              encrypted: "true",
              deleteOnTermination: "true",
            },
          },
        ],
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        monitoring: { enabled: true },
        tagSpecifications: tagged("worker"),
        tags: { Project: "files" },
      },
      outputs: () => ({ latestVersion: 1, defaultVersion: 1 }),
      updates: [
        { userData: Buffer.from("#cloud-config\npackages: []\n").toString("base64") },
        { instanceType: "t3.large", vpcSecurityGroupIds: ["sg-2", "sg-3"] },
        { tagSpecifications: tagged("other"), monitoring: null },
        { description: "bundle 2", updateDefaultVersion: true },
        { tags: { Project: "other" } },
      ],
      replacements: [{ name: "other" }],
      importedAs: { updateDefaultVersion: null },
    },
    () => under,
  );

  it("knows that a change of a launch template gives it a new version", async () => {
    const resource = new Resource(under, "aws:ec2/launchTemplate:LaunchTemplate", "versions");
    const template = await resource.create({ instanceType: "t3.medium" });
    const changed = await resource.update(template, { instanceType: "t3.large" });
    expect([template.outputs.latestVersion, changed.outputs.latestVersion]).to.deep.equal([1, 2]);
    await resource.delete(changed);
  });

  it("reads the network a program asks for", async () => {
    const ask = (token: string, inputs: Record<string, string | boolean>) =>
      under.provider.invoke({ token, inputs, preview: false });
    const vpc = await ask("aws:ec2/getVpc:getVpc", { default: true });
    expect(vpc.outputs.default).to.equal(true);
    const subnets = await under.provider.invoke({
      token: "aws:ec2/getSubnets:getSubnets",
      inputs: { filters: [{ name: "vpc-id", values: [vpc.outputs.id ?? null] }] },
      preview: false,
    });
    expect(subnets.outputs.ids).to.have.length.greaterThan(0);
    expect((await ask("aws:index/getRegion:getRegion", {})).outputs.region).to.equal(region);
  });
});
