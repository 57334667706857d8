import { expect } from "chai";
import program from "../../../systems/file-search";
import { recordProgram, type Recording } from "../../support/recorded-program";
import { stackConfig } from "../../support/system-config";
import { fileSearchUrns } from "./urns";

const file = (stack: string, over: Record<string, string> = {}) =>
  recordProgram(program, {
    project: "file-search",
    stack,
    config: { ...stackConfig("file-search", stack), ...over },
  });

describe("file-search", () => {
  const stacks: Record<string, Recording<unknown> & { outputs: unknown }> = {};
  before(async () => {
    for (const stack of ["dev", "prod"]) stacks[stack] = await file(stack);
  });
  const deployed = (stack: string) => {
    const recording = stacks[stack];
    if (recording === undefined) throw new Error(`${stack} was not run`);
    return recording;
  };

  for (const stack of ["dev", "prod"]) {
    it(`${stack}: keeps the URNs that deployed stacks already have`, () => {
      const prefix = `urn:pulumi:${stack}::file-search::`;
      const urns = deployed(stack).resources.map(({ urn }) => urn);
      expect(urns.every((urn) => urn.startsWith(prefix))).to.equal(true);
      expect(urns.map((urn) => urn.slice(prefix.length)).sort()).to.deep.equal(
        fileSearchUrns(stack).sort(),
      );
    });

    it(`${stack}: sends uploads to the queue through exactly one notification`, () => {
      const notifications = deployed(stack).ofType("aws:s3/bucketNotification:BucketNotification");
      const [queues] = notifications.map(({ inputs }) => inputs.queues as { id: string }[]);
      expect(notifications).to.have.length(1);
      expect(queues?.map(({ id: _, ...rest }) => rest)).to.deep.equal([
        {
          queueArn: `arn:aws:sqs:ap-northeast-1:123456789012:file-processing-queue-${stack === "prod" ? "production" : stack}`,
          events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"],
        },
      ]);
    });
  }

  it("has the physical names that exist in prod, and its own in dev", () => {
    const names = (stack: string) => {
      const { ofType } = deployed(stack);
      const of = (type: string, property: string) =>
        ofType(type).map(({ inputs }) => inputs[property]);
      return [
        ...of("aws:sqs/queue:Queue", "name"),
        ...of("aws:s3/bucket:Bucket", "bucket"),
        ...of("aws:autoscaling/group:Group", "name"),
        ...of("aws:ec2/launchTemplate:LaunchTemplate", "name"),
      ];
    };
    expect(names("prod")).to.have.members([
      "file-processing-queue-production",
      "file-processing-dlq-production",
      "cis-filesearch-slack-notifier-dlq",
      "cis-filesearch-worker-asg-release-guard-dlq",
      "cis-filesearch-storage-production",
      "cis-filesearch-worker-scripts",
      "cis-filesearch-worker-asg",
      "cis-filesearch-worker-template",
    ]);
    expect(names("dev")).to.have.members([
      "file-processing-queue-dev",
      "file-processing-dlq-dev",
      "cis-filesearch-dev-slack-notifier-dlq",
      "cis-filesearch-worker-asg-dev-release-guard-dlq",
      "cis-filesearch-storage-dev",
      "cis-filesearch-worker-scripts-dev",
      "cis-filesearch-worker-asg-dev",
      "cis-filesearch-worker-template-dev",
    ]);
  });

  it("runs one machine in dev and up to ten in prod", () => {
    const size = (stack: string) => {
      const { minSize, maxSize } = deployed(stack).named("workers-group").inputs;
      return [minSize, maxSize];
    };
    expect(size("dev")).to.deep.equal([1, 1]);
    expect(size("prod")).to.deep.equal([1, 10]);
  });

  it("protects queues and buckets in prod", () => {
    for (const name of ["files-queue", "files-dlq", "uploads", "scripts"]) {
      const type = name.startsWith("files") ? "aws:sqs/queue:Queue" : "aws:s3/bucket:Bucket";
      expect(deployed("prod").named(name, type).protect, name).to.equal(true);
      expect(deployed("dev").named(name, type).protect, name).to.equal(false);
    }
  });

  it("takes the network of the configuration where it names one", async () => {
    const { named } = await file("dev", {
      "file-search:vpcId": "vpc-0a",
      "file-search:subnetIds": '["subnet-0b","subnet-0a"]',
    });
    expect(named("workers-network").inputs.vpcId).to.equal("vpc-0a");
    expect(named("workers-group").inputs.vpcZoneIdentifiers).to.deep.equal([
      "subnet-0b",
      "subnet-0a",
    ]);
  });

  it("imports what exists, changes nothing of it, and creates no other part of an adopted bucket", async () => {
    const { named, resources } = await file("prod", {
      "file-search:adopt": '["files-queue","uploads","uploads-policy"]',
    });
    expect(named("files-queue").importId).to.equal(
      "https://sqs.ap-northeast-1.amazonaws.com/123456789012/file-processing-queue-production",
    );
    for (const [name, type] of [
      ["uploads", "aws:s3/bucket:Bucket"],
      ["uploads-policy", "aws:s3/bucketPolicy:BucketPolicy"],
    ] as const) {
      expect(named(name, type).importId).to.equal("cis-filesearch-storage-production");
      expect(named(name, type).ignoreChanges).to.deep.equal(["*"]);
    }
    const names = resources.map(({ name }) => name);
    for (const part of ["uploads-versioning", "uploads-lifecycle", "uploads-to-files"]) {
      expect(names).not.to.include(part);
    }
    expect(names).to.include("scripts-versioning");
    expect(named("scripts", "aws:s3/bucket:Bucket").importId).to.equal("");
  });

  it("sends notices by e-mail only where no webhook is configured, and by a bot where one is", async () => {
    const variables = async (over: Record<string, string>) => {
      const { named } = await file("dev", over);
      const { environment } = named("alerts-slack").inputs as {
        environment: { variables: Record<string, string> };
      };
      return Object.keys(environment.variables).filter((name) => /SLACK|WEBHOOK/.test(name));
    };
    expect(await variables({ "file-search:slackWebhookParameter": "" })).to.deep.equal([]);
    const bot = {
      "file-search:slackBotTokenParameter": "/file-search/dev/slack-bot-token",
      "file-search:slackChannel": "C0123456789",
    };
    expect(await variables(bot)).to.have.members(["SLACK_TOKEN_PARAMETER", "SLACK_CHANNEL"]);
  });
});
