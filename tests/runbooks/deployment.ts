import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AutoScaling } from "@aws-sdk/client-auto-scaling";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { SQS, type QueueAttributeName } from "@aws-sdk/client-sqs";
import { SSM } from "@aws-sdk/client-ssm";
import { clientConfig } from "../../local/cloud/scope";
import { startCloud, stopCloud } from "../../local/keeper";
import { systemOutputsSchema, type SystemOutputs } from "../../contracts/stack-outputs";
import { changedCopy, type Change } from "../../rehearsal/changed-copy";
import { alarmSpeed } from "../../rehearsal/rehearsal";
import { temporaryHome } from "../support/cloud";
import { start } from "../support/run-cli";

/** file-search with its machines, in a cloud of its own. */
export class Deployment {
  readonly clients;

  private constructor(
    /** Of the clone that the commands are given in. */
    readonly folder: string,
    readonly environment: NodeJS.ProcessEnv,
    connection: ReturnType<typeof clientConfig>,
    readonly outputs: SystemOutputs,
    private readonly home: string,
  ) {
    this.clients = {
      autoScaling: new AutoScaling(connection),
      cloudWatch: new CloudWatch(connection),
      iam: new IAM(connection),
      logs: new CloudWatchLogs(connection),
      s3: new S3({ ...connection, forcePathStyle: true }),
      sqs: new SQS(connection),
      ssm: new SSM(connection),
    };
  }

  static async create(): Promise<Deployment> {
    const home = temporaryHome();
    const cloud = await startCloud({ home, clockSpeed: alarmSpeed });
    const folder = join(home, "clone");
    const project = await changedCopy({ folder, system: "file-search" });
    mkdirSync(join(home, "user"));
    const environment = {
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(AWS|PULUMI)_/.test(name)),
      ),
      PULUMI_LOCAL_HOME: home,
      QUEUEFLEET_SYSTEMS: join(folder, "systems"),
      HOME: join(home, "user"),
      OPS_LOCAL: "1",
      NO_COLOR: "1",
    };
    const connection = clientConfig({ ...cloud, region: "ap-northeast-1" });
    await run(environment, ["up", "--yes", "--skip-preview"], project);
    const { stdout } = await run(environment, ["stack", "output", "system", "--json"], project);
    const outputs = systemOutputsSchema.parse(JSON.parse(stdout));
    return new Deployment(folder, environment, connection, outputs, home);
  }

  get queue() {
    return this.outputs.queues.files as SystemOutputs["queues"][string];
  }

  get fleet() {
    return this.outputs.fleets.workers as SystemOutputs["fleets"][string];
  }

  /** Deploys another commit. */
  async release(change: Change): Promise<void> {
    await run(
      this.environment,
      ["up", "--yes"],
      await changedCopy({ folder: join(this.home, "next"), system: "file-search" }, change),
    );
  }

  /** Of the launch template, for machines to come. */
  async version(): Promise<string | undefined> {
    return (await this.group())?.LaunchTemplate?.Version;
  }

  async machines(): Promise<{ InstanceId?: string; LifecycleState?: string }[]> {
    return (await this.group())?.Instances ?? [];
  }

  async group() {
    const { AutoScalingGroups } = await this.clients.autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [this.fleet.autoScalingGroupName],
    });
    return AutoScalingGroups?.[0];
  }

  messages(url: string): Promise<number> {
    return this.count(url, "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible");
  }

  messagesInFlight(url: string): Promise<number> {
    return this.count(url, "ApproximateNumberOfMessagesNotVisible");
  }

  private async count(QueueUrl: string, ...names: QueueAttributeName[]): Promise<number> {
    const { Attributes = {} } = await this.clients.sqs.getQueueAttributes({
      QueueUrl,
      AttributeNames: names,
    });
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  }

  /** What a worker or a function would write. */
  async write(logGroupName: string, line: object): Promise<void> {
    const stream = { logGroupName, logStreamName: `test-${Date.now()}` };
    await this.clients.logs.createLogStream(stream);
    const logEvents = [{ timestamp: Date.now(), message: JSON.stringify(line) }];
    await this.clients.logs.putLogEvents({ ...stream, logEvents });
  }

  async stop(): Promise<void> {
    for (const client of Object.values(this.clients)) client.destroy();
    await stopCloud(this.home);
  }
}

async function run(environment: NodeJS.ProcessEnv, command: string[], project: string) {
  const end = await start(environment, ...command, "-s", "dev", "-C", project).done;
  if (end.code !== 0)
    throw new Error(`pulumi-local ${command.join(" ")}:\n${end.stdout}${end.stderr}`);
  return end;
}
