import { expect } from "chai";
import { buildFleet, releasedSha256 } from "./fleet-fixture";

const group = "aws:autoscaling/group:Group";
const template = "aws:ec2/launchTemplate:LaunchTemplate";

type Statement = { Sid: string; Action: string[]; Resource: string | string[] };

describe("WorkerFleet", () => {
  it("keeps the URNs that deployed stacks already have", async () => {
    const { resources } = await buildFleet();
    const prefix = "urn:pulumi:stack::project::queuefleet:fleet:WorkerFleet";
    const own = resources.map(({ urn }) => urn).filter((urn) => urn.startsWith(prefix));
    expect(own.map((urn) => urn.slice(prefix.length))).to.have.members([
      "::workers",
      "$aws:s3/bucketObjectv2:BucketObjectv2::workers-bundle",
      "$aws:cloudwatch/logGroup:LogGroup::workers-logs",
      "$aws:cloudwatch/logMetricFilter:LogMetricFilter::workers-error-logs",
      "$aws:cloudwatch/logMetricFilter:LogMetricFilter::workers-crashes",
      "$aws:iam/role:Role::workers-role",
      "$aws:iam/rolePolicy:RolePolicy::workers-role-policy",
      "$aws:iam/instanceProfile:InstanceProfile::workers-profile",
      "$aws:ec2/securityGroup:SecurityGroup::workers-network",
      "$aws:ec2/launchTemplate:LaunchTemplate::workers-template",
      "$aws:autoscaling/group:Group::workers-group",
      "$aws:autoscaling/lifecycleHook:LifecycleHook::workers-worker-works",
      "$aws:autoscaling/lifecycleHook:LifecycleHook::workers-finish-work",
      "$aws:ssm/document:Document::workers-switch-bundle",
      "$aws:autoscaling/policy:Policy::workers-backlog",
      "$aws:sqs/queue:Queue::workers-release-guard-dlq",
      "$aws:cloudwatch/logGroup:LogGroup::workers-release-guard-logs",
      "$aws:iam/role:Role::workers-release-guard-role",
      "$aws:iam/rolePolicy:RolePolicy::workers-release-guard-role-policy",
      "$aws:lambda/function:Function::workers-release-guard",
      "$aws:lambda/alias:Alias::workers-release-guard-live",
      "$aws:lambda/invocation:Invocation::workers-release-guard-check",
      "$aws:lambda/permission:Permission::workers-release-guard-critical-permission",
      "$aws:sns/topicSubscription:TopicSubscription::workers-release-guard-critical",
      ...[
        "message-delete-failed",
        "release-failing",
        "launch-stuck",
        "worker-silent",
        "machines-warning",
        "machines-critical",
        "error-logs-warning",
        "error-logs-critical",
        "release-guard-failed",
      ].map((key) => `$aws:cloudwatch/metricAlarm:MetricAlarm::workers-${key}`),
    ]);
  });

  it("allows no inbound traffic, no SSH key, and credentials only for the machine itself", async () => {
    const { ofType } = await buildFleet();
    const [launch] = ofType(template);
    expect(launch?.inputs.metadataOptions).to.deep.equal({
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
    expect(launch?.inputs).to.not.have.property("keyName");
    expect(launch?.inputs.blockDeviceMappings).to.deep.equal([
      {
        deviceName: "/dev/xvda",
        ebs: { volumeType: "gp3", volumeSize: 20, encrypted: "true", deleteOnTermination: "true" },
      },
    ]);
    const [network] = ofType("aws:ec2/securityGroup:SecurityGroup");
    expect(network?.inputs.ingress).to.deep.equal([]);
    const egress = network?.inputs.egress as { fromPort: number; toPort: number }[];
    expect(egress.map(({ fromPort, toPort }) => [fromPort, toPort])).to.deep.equal([
      [443, 443],
      [5432, 5432],
    ]);
  });

  it("grants exactly the actions that a machine uses, on exactly its resources", async () => {
    const { named } = await buildFleet();
    const policy = JSON.parse(named("workers-role-policy").inputs.policy as string) as {
      Statement: Statement[];
    };
    const arn = (service: string, rest: string) =>
      `arn:aws:${service}:ap-northeast-1:123456789012:${rest}`;
    const granted = policy.Statement.map(({ Action, Resource }) => [Action.join(" "), Resource]);
    expect(granted).to.deep.equal([
      ["sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility", arn("sqs", "orders")],
      ["sqs:SendMessage", arn("sqs", "orders-dlq")],
      ["sqs:GetQueueAttributes", [arn("sqs", "orders"), arn("sqs", "orders-dlq")]],
      ["s3:GetObject s3:GetObjectVersion", ["arn:aws:s3:::shop-uploads/*"]],
      ["s3:ListBucket", ["arn:aws:s3:::shop-uploads"]],
      ["s3:GetObject", "arn:aws:s3:::shop-scripts/worker/*"],
      ["ssm:GetParameter", arn("ssm", "parameter/shop/dev/database-url")],
      [
        "logs:CreateLogStream logs:PutLogEvents logs:DescribeLogStreams",
        [arn("logs", "log-group:/shop/worker"), arn("logs", "log-group:/shop/worker:*")],
      ],
      [
        "autoscaling:CompleteLifecycleAction autoscaling:RecordLifecycleActionHeartbeat",
        arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/shop-asg"),
      ],
      [
        "ssm:UpdateInstanceInformation ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel",
        "*",
      ],
    ]);
  });

  it("lets a machine use the customer's key of its queue, and no other", async () => {
    const kmsKeyArn = "arn:aws:kms:ap-northeast-1:123456789012:key/k";
    const { named } = await buildFleet({ queue: { kmsKeyArn } });
    const { Statement } = JSON.parse(named("workers-role-policy").inputs.policy as string) as {
      Statement: Statement[];
    };
    expect(Statement.find(({ Sid }) => Sid === "UseQueueKey")).to.deep.include({
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: kmsKeyArn,
    });
  });

  it("refreshes one machine first and waits; an alarm of the last release does not block the next", async () => {
    const { ofType } = await buildFleet();
    const { inputs } = ofType(group)[0] ?? {};
    expect(inputs?.instanceRefresh).to.deep.equal({
      strategy: "Rolling",
      preferences: {
        minHealthyPercentage: 0,
        instanceWarmup: "60",
        checkpointPercentages: [10, 100],
        checkpointDelay: "300",
        // A machine that was switched in place does not run what its template version says.
        skipMatching: false,
      },
    });
    expect(inputs?.launchTemplate).to.deep.equal({ id: "workers-template-id", version: "1" });
  });

  it("requires an image id, so that a template version always starts the same image", async () => {
    const { ofType } = await buildFleet();
    expect(ofType(template)[0]?.inputs.imageId).to.equal("ami-0a1b2c3d");
    for (const machines of [
      { imageId: "resolve:ssm:/aws/service/ami-amazon-linux-latest/x" },
      { instanceType: "t4g.medium" },
    ]) {
      const refused = await buildFleet({ machines }).catch((error: unknown) => String(error));
      expect(refused).to.match(
        /machines\.imageId is "resolve:ssm|instanceType is "t4g\.medium"; it is no x86 type/,
      );
    }
  });

  it("uses the only machine as the canary if the group has one machine", async () => {
    const { ofType } = await buildFleet({ machines: { maximum: 1 } });
    expect(ofType(group)[0]?.inputs).to.have.deep.nested.property(
      "instanceRefresh.preferences.checkpointPercentages",
      [100],
    );
  });

  it("states its queue and job timeout in tags, for policies", async () => {
    const { ofType } = await buildFleet();
    expect(ofType(group)[0]?.inputs.tags).to.deep.include.members([
      { key: "queuefleet:consumes", value: "orders", propagateAtLaunch: true },
      { key: "queuefleet:job-timeout-seconds", value: "840", propagateAtLaunch: true },
      { key: "Name", value: "shop-worker", propagateAtLaunch: true },
    ]);
  });

  it("scales on waiting messages per machine in service", async () => {
    const { ofType } = await buildFleet();
    const policy = ofType("aws:autoscaling/policy:Policy")[0]?.inputs;
    expect(policy).to.have.nested.property("targetTrackingConfiguration.targetValue", 200);
    const metrics = (
      policy?.targetTrackingConfiguration as {
        customizedMetricSpecification: { metrics: { id: string; returnData: boolean }[] };
      }
    ).customizedMetricSpecification.metrics;
    expect(metrics.filter(({ returnData }) => returnData)).to.deep.equal([
      {
        id: "backlog",
        label: "Messages waiting per machine",
        expression: "waiting / IF(FILL(machines, 0) > 0, machines, 1)",
        returnData: true,
      },
    ]);
  });

  it("stores the bundle under its hash, and keeps it for a rollback", async () => {
    const { named } = await buildFleet();
    expect(named("workers-bundle").inputs.key).to.equal(`worker/${releasedSha256()}.js`);
    expect(named("workers-bundle").retainOnDelete).to.equal(true);
    expect(named("workers-bundle").dependencies).to.include(named("scripts-versioning").urn);
  });

  it("starts machines only when everything that they need at the start exists", async () => {
    const { ofType, named } = await buildFleet();
    expect(ofType(group)[0]?.dependencies).to.include.members(
      ["workers-bundle", "workers-role-policy", "workers-logs"].map((name) => named(name).urn),
    );
  });

  it("launches before it terminates if configured, and waits longer before it says that there are many machines", async () => {
    const { ofType, named } = await buildFleet({ release: { launchFirst: true } });
    expect(ofType(group)[0]?.inputs).to.have.deep.nested.property("instanceRefresh.preferences", {
      minHealthyPercentage: 100,
      maxHealthyPercentage: 200,
      instanceWarmup: "300",
      checkpointPercentages: [10, 100],
      checkpointDelay: "300",
      skipMatching: false,
    });
    const usual = (await buildFleet()).named("workers-machines-warning").inputs;
    // Start 10 minutes, warm-up 5, pause after the canary 5, grace 1.5.
    expect(named("workers-machines-warning").inputs.evaluationPeriods).to.equal(
      (usual.evaluationPeriods as number) + 22,
    );
  });

  it("has no scaling policy if the number of machines cannot change", async () => {
    const { ofType } = await buildFleet({ machines: { minimum: 2, maximum: 2 } });
    expect(ofType("aws:autoscaling/policy:Policy")).to.deep.equal([]);
  });

  const launchHook = {
    name: "worker-works",
    lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
    heartbeatTimeout: 600,
    defaultResult: "ABANDON",
  };

  it("holds the first machine of a new group until its worker works", async () => {
    const { ofType, named } = await buildFleet();
    const hooks = ofType(group)[0]?.inputs.initialLifecycleHooks as { name: string }[];
    expect(hooks[0]).to.deep.equal(launchHook);
    expect(hooks.map(({ name }) => name)).to.deep.equal(["worker-works", "finish-work"]);
    const hook = named("workers-worker-works");
    expect(hook.inputs).to.deep.equal({ ...launchHook, autoscalingGroupName: "shop-asg" });
    expect(hook.dependencies).to.include(named("workers-group").urn);
  });

  it("creates the hook of an existing group before the update that starts the release", async () => {
    const { named } = await buildFleet({}, { groups: ["shop-asg"] });
    const [hook, asg] = [named("workers-worker-works"), named("workers-group")];
    expect(asg.dependencies).to.include(hook.urn);
    expect(hook.dependencies).to.not.include(asg.urn);
  });

  it("lets a machine finish its work before it is terminated", async () => {
    const { named } = await buildFleet();
    expect(named("workers-finish-work").inputs).to.deep.equal({
      name: "finish-work",
      autoscalingGroupName: "shop-asg",
      lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      heartbeatTimeout: 150,
      defaultResult: "CONTINUE",
    });
  });

  it("names every fault of its arguments at once", async () => {
    const error = await buildFleet({
      worker: {
        concurrency: 0,
        processor: { kind: "command", command: ["a\\b"] },
      },
      machines: { minimum: 3, maximum: 2, instanceType: "big" },
      network: { subnetIds: [], egressPorts: [80] },
    }).then(
      () => "",
      (reason: unknown) => (reason as Error).message,
    );
    for (const fault of [
      'Invalid WorkerFleet "workers":',
      "worker.concurrency is 0",
      "machines.minimum is 3; it must be a whole number from 0 to machines.maximum (2)",
      'machines.instanceType is "big"',
      "network.subnetIds is []; name at least one subnet",
      "network.egressPorts is [80]; 443 must be in it",
      "worker.processor.command is written to an environment file as JSON, and that has a line break, NUL or backslash",
    ]) {
      expect(error).to.include(fault);
    }
  });

  it("refuses names and numbers that AWS would refuse, before anything is registered", async () => {
    const names = {
      autoScalingGroup: "a".repeat(51),
      launchTemplate: "a b",
      machine: "",
      logGroup: "my log:group",
      role: "sg-x",
    };
    const error = await buildFleet({
      names,
      worker: {
        shutdownGraceSeconds: 7141,
        metricsNamespace: "AWS/SQS",
        processor: { kind: "file", databaseUrlParameter: "/aws/x" },
      },
      machines: { diskGigabytes: 1.5, instanceType: "mac2.metal" },
      network: { egressPorts: [443, 70_000], subnetIds: ["subnet-1", "subnet-1"] },
    }).then(
      () => "",
      (reason: unknown) => (reason as Error).message,
    );
    for (const field of [
      ...Object.keys(names).map((name) => `names.${name}`),
      "worker.shutdownGraceSeconds is 7141; whole seconds are allowed from 0 to 7140",
      "worker.metricsNamespace",
      "worker.processor.databaseUrlParameter",
      "machines.diskGigabytes",
      'machines.instanceType is "mac2.metal"; it is no x86 type',
      "network.egressPorts is [443,70000]",
      'network.subnetIds is ["subnet-1","subnet-1"]',
    ]) {
      expect(error).to.include(`  - ${field}`);
    }
  });
});
