import { expect } from "chai";
import type { PropertyMap } from "../../../local/engine/property-value";
import { itLives, Resource } from "./lifecycle";
import { region, startProvider, type ProviderUnderTest } from "./provider-under-test";

describe("provider: IAM, EC2 and Auto Scaling", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const trust = (service: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    });
  const allow = (...actions: string[]) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
    });
  const newRole = async (name: string) => {
    await under.clients.iam.createRole({
      RoleName: name,
      AssumeRolePolicyDocument: trust("ec2.amazonaws.com"),
    });
    return { role: name };
  };
  const newTemplate = async (name: string) => {
    const { LaunchTemplate } = await under.clients.ec2.createLaunchTemplate({
      LaunchTemplateName: name,
      LaunchTemplateData: { InstanceType: "t3.medium" },
    });
    const id = LaunchTemplate?.LaunchTemplateId ?? "";
    await under.clients.ec2.createLaunchTemplateVersion({
      LaunchTemplateId: id,
      LaunchTemplateData: { InstanceType: "t3.large" },
    });
    return { template: id };
  };
  const newGroup = async (name: string) => {
    const { template } = await newTemplate(`${name}-template`);
    await under.clients.autoScaling.createAutoScalingGroup({
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize: 1,
      LaunchTemplate: { LaunchTemplateId: template, Version: "1" },
    });
    return { group: name };
  };

  itLives(
    {
      type: "aws:iam/role:Role",
      inputs: {
        name: "worker",
        assumeRolePolicy: trust("ec2.amazonaws.com"),
        tags: { Project: "files" },
      },
      outputs: () => ({ arn: `arn:aws:iam::${under.account.accountId}:role/worker`, path: "/" }),
      updates: [
        { assumeRolePolicy: trust("lambda.amazonaws.com") },
        { description: "Machines", maxSessionDuration: 7200 },
        { inlinePolicies: [{ name: "queue", policy: allow("sqs:ReceiveMessage") }] },
        { tags: { Project: "other" } },
      ],
      replacements: [{ name: "other" }, { path: "/files/" }],
      drifts: [
        {
          what: "who may assume it",
          by: ({ iam }, RoleName) =>
            iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust("evil.example.com") }),
          shows: ["assumeRolePolicy"],
        },
        {
          what: "an inline policy",
          by: ({ iam }, RoleName) =>
            iam.putRolePolicy({ RoleName, PolicyName: "queue", PolicyDocument: allow("*") }),
          shows: ["inlinePolicies[0].policy"],
        },
      ],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:iam/rolePolicy:RolePolicy",
      prepare: () => newRole("with-inline"),
      inputs: ({ role = "" }) => ({ name: "queue", role, policy: allow("sqs:ReceiveMessage") }),
      updates: [{ policy: allow("sqs:ReceiveMessage", "sqs:DeleteMessage") }],
      replacements: [{ name: "other" }, { role: "other" }],
      drifts: [
        {
          what: "the policy",
          by: ({ iam }, _id, { role }) =>
            iam.putRolePolicy({ RoleName: role, PolicyName: "queue", PolicyDocument: allow("*") }),
          shows: ["policy"],
        },
      ],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:iam/policy:Policy",
      inputs: { name: "queue", policy: allow("sqs:ReceiveMessage"), tags: { Project: "files" } },
      outputs: (id) => ({ arn: id }),
      updates: ["A", "B", "C", "D", "E", "F"].map((letter) => ({ policy: allow(`sqs:${letter}`) })),
      replacements: [{ description: "cannot be changed" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      prepare: async () => {
        const { Policy } = await under.clients.iam.createPolicy({
          PolicyName: "attached",
          PolicyDocument: allow("sqs:*"),
        });
        return { ...(await newRole("with-attached")), policyArn: Policy?.Arn ?? "" };
      },
      inputs: ({ role = "", policyArn = "" }) => ({ role, policyArn }),
      replacements: [{ role: "other" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:iam/instanceProfile:InstanceProfile",
      prepare: async () => ({ ...(await newRole("one")), other: (await newRole("two")).role }),
      inputs: ({ role = "" }) => ({ name: "machines", role, tags: { Project: "files" } }),
      updates: ({ other = "" }): PropertyMap[] => [{ role: other }, { tags: { Project: "other" } }],
      replacements: [{ name: "others" }],
      drifts: [
        {
          what: "the role is taken out",
          by: ({ iam }, id, { other }) =>
            iam.removeRoleFromInstanceProfile({ InstanceProfileName: id, RoleName: other }),
          shows: ["role"],
        },
      ],
    },
    () => under,
  );

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
      drifts: [
        {
          what: "a way in",
          by: ({ ec2 }, GroupId) =>
            ec2.authorizeSecurityGroupIngress({
              GroupId,
              IpPermissions: [
                {
                  IpProtocol: "tcp",
                  FromPort: 22,
                  ToPort: 22,
                  IpRanges: [{ CidrIp: "0.0.0.0/0" }],
                },
              ],
            }),
          shows: ["ingress[0]"],
        },
      ],
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
      drifts: [
        {
          what: "a version made by hand",
          by: ({ ec2 }, id) =>
            ec2.createLaunchTemplateVersion({
              LaunchTemplateId: id,
              LaunchTemplateData: { InstanceType: "m5.24xlarge" },
            }),
          shows: ["instanceType", "userData"],
        },
      ],
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

  const groupTag = (key: string, value: string) => ({ key, value, propagateAtLaunch: true });
  itLives(
    {
      type: "aws:autoscaling/group:Group",
      prepare: () => newTemplate("of-group"),
      inputs: ({ template = "" }) => ({
        name: "workers",
        minSize: 1,
        maxSize: 3,
        launchTemplate: { id: template, version: "1" },
        vpcZoneIdentifiers: ["subnet-1", "subnet-2"],
        healthCheckType: "EC2",
        healthCheckGracePeriod: 120,
        defaultInstanceWarmup: 60,
        enabledMetrics: ["GroupInServiceInstances"],
        instanceRefresh: {
          strategy: "Rolling",
          preferences: { minHealthyPercentage: 0, checkpointPercentages: [100] },
        },
        tags: [groupTag("Name", "worker"), groupTag("queuefleet:consumes", "files")],
      }),
      outputs: () => ({ desiredCapacity: 1 }),
      updates: ({ template = "" }): PropertyMap[] => [
        { minSize: 0, maxSize: 5 },
        { desiredCapacity: 2 },
        { launchTemplate: { id: template, version: "2" } },
        { healthCheckGracePeriod: 60, vpcZoneIdentifiers: ["subnet-3"] },
        { tags: [groupTag("Name", "other")] },
      ],
      replacements: [{ name: "others" }],
      drifts: [
        {
          what: "the size",
          by: ({ autoScaling }, AutoScalingGroupName) =>
            autoScaling.updateAutoScalingGroup({ AutoScalingGroupName, MaxSize: 50 }),
          shows: ["maxSize"],
        },
        {
          what: "another template version",
          by: ({ autoScaling }, AutoScalingGroupName, { template }) =>
            autoScaling.updateAutoScalingGroup({
              AutoScalingGroupName,
              LaunchTemplate: { LaunchTemplateId: template, Version: "1" },
            }),
          shows: ["launchTemplate.version"],
        },
      ],
      importedAs: { enabledMetrics: null, instanceRefresh: null, defaultInstanceWarmup: null },
    },
    () => under,
  );

  describe("a changed launch template", () => {
    const instances = async (name: string) => {
      const { AutoScalingGroups } = await under.clients.autoScaling.describeAutoScalingGroups({
        AutoScalingGroupNames: [name],
      });
      return (AutoScalingGroups?.[0]?.Instances ?? []).map(({ InstanceId }) => InstanceId);
    };
    for (const refreshes of [true, false]) {
      it(
        refreshes ? "starts an instance refresh" : "starts none where the program asks for none",
        async () => {
          const name = `refresh-${refreshes}`;
          const { template } = await newTemplate(`${name}-template`);
          const inputs = {
            name,
            minSize: 2,
            maxSize: 2,
            launchTemplate: { id: template, version: "1" },
            ...(refreshes ? { instanceRefresh: { strategy: "Rolling" } } : {}),
          };
          const resource = new Resource(under, "aws:autoscaling/group:Group", name);
          const group = await resource.create(inputs);
          const before = await instances(name);
          expect(before).to.have.length(2);
          const changed = await resource.update(group, {
            ...inputs,
            launchTemplate: { id: template, version: "2" },
          });
          const { InstanceRefreshes = [] } =
            await under.clients.autoScaling.describeInstanceRefreshes({
              AutoScalingGroupName: name,
            });
          expect(InstanceRefreshes).to.have.length(refreshes ? 1 : 0);
          await resource.delete(changed);
        },
      );
    }
  });

  it("fails when the machines do not come, and keeps the group in the state", async () => {
    const { template } = await newTemplate("starved-template");
    const resource = new Resource(under, "aws:autoscaling/group:Group", "starved");
    const inputs = {
      name: "starved",
      minSize: 1,
      maxSize: 1,
      waitForCapacityTimeout: "soon",
      launchTemplate: { id: template, version: "1" },
    };
    const failure = await resource.create(inputs).then(
      () => undefined,
      (error: unknown) => error as Error & { live?: { id: string } },
    );
    expect(failure?.message).to.contain("waitForCapacityTimeout is soon");
    expect(failure?.live?.id).to.equal("starved");
  });

  const target = (targetValue: number) => ({
    targetValue,
    customizedMetricSpecification: {
      metrics: [
        {
          id: "waiting",
          label: "Messages waiting",
          metricStat: {
            metric: {
              namespace: "AWS/SQS",
              metricName: "ApproximateNumberOfMessagesVisible",
              dimensions: [{ name: "QueueName", value: "files" }],
            },
            stat: "Maximum",
          },
          returnData: false,
        },
        { id: "backlog", expression: "waiting / 1", returnData: true },
      ],
    },
  });
  itLives(
    {
      type: "aws:autoscaling/policy:Policy",
      prepare: () => newGroup("scaled"),
      inputs: ({ group = "" }) => ({
        name: "backlog",
        autoscalingGroupName: group,
        policyType: "TargetTrackingScaling",
        targetTrackingConfiguration: target(100),
      }),
      updates: [{ targetTrackingConfiguration: target(50) }, { enabled: false }],
      replacements: [{ name: "other" }],
      drifts: [
        {
          what: "the target",
          by: ({ autoScaling }, PolicyName, { group }) =>
            autoScaling.putScalingPolicy({
              PolicyName,
              AutoScalingGroupName: group,
              PolicyType: "TargetTrackingScaling",
              TargetTrackingConfiguration: {
                TargetValue: 5000,
                PredefinedMetricSpecification: { PredefinedMetricType: "ASGAverageCPUUtilization" },
              },
            }),
          shows: ["targetTrackingConfiguration.targetValue"],
        },
      ],
      importId: (id, { group }) => `${group}/${id}`,
    },
    () => under,
  );

  itLives(
    {
      type: "aws:autoscaling/lifecycleHook:LifecycleHook",
      prepare: () => newGroup("hooked"),
      inputs: ({ group = "" }) => ({
        name: "finish-work",
        autoscalingGroupName: group,
        lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeatTimeout: 150,
        defaultResult: "CONTINUE",
      }),
      updates: [{ heartbeatTimeout: 300 }, { defaultResult: "ABANDON" }],
      replacements: [{ name: "other" }],
      drifts: [
        {
          what: "the timeout",
          by: ({ autoScaling }, LifecycleHookName, { group }) =>
            autoScaling.putLifecycleHook({
              LifecycleHookName,
              AutoScalingGroupName: group,
              LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
              HeartbeatTimeout: 30,
              DefaultResult: "ABANDON",
            }),
          shows: ["heartbeatTimeout"],
        },
      ],
      importId: (id, { group }) => `${group}/${id}`,
    },
    () => under,
  );

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
