import { rm } from "node:fs/promises";
import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
} from "@aws-sdk/client-lambda";
import { PurgeQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { systemOutputsSchema, type SystemOutputs } from "../../../contracts/stack-outputs";
import { features, type Feature } from "../../../contracts/watchme";
import { clientConfig } from "../../../local/cloud/scope";
import { startCloud, stopCloud, type RunningCloud } from "../../../local/keeper";
import { repeat, type Repetition } from "../../../local/process/repeat";
import { messagesIn } from "../../../rehearsal/messages-in";
import { projectFolder } from "../../../rehearsal/project-folder";
import { pulumiLocal } from "../../../rehearsal/pulumi-local";
import { region } from "../../../rehearsal/watchme/apis";
import { FakeApi } from "../../../rehearsal/watchme/fake-api";
import type { Stage } from "../../../systems/watchme/migration";
import { temporaryHome } from "../../support/cloud";

/** A minute of schedules: back-pressure looks so often. */
const minuteMs = 2000;

/** The waits are shorter than in production, and the timeouts longer than a busy machine needs. */
const times = {
  backOffSeconds: 1,
  apiTimeoutSeconds: 30,
  workerTimeoutSeconds: 60,
  visibilityTimeoutSeconds: 120,
};

const purgeMs = 5000;

const notTested = ["asr", "sed"] as const;

/** watchme with its APIs, in a cloud of its own. The ser queue moves to FIFO. */
export class MigratingSystem {
  readonly lambda: LambdaClient;
  private readonly sqs: SQSClient;
  private readonly repetitions: Repetition[];
  private deployed: SystemOutputs | undefined;

  private constructor(
    readonly home: string,
    private readonly cloud: RunningCloud,
    readonly apis: Record<Feature, FakeApi>,
  ) {
    const connection = clientConfig({ ...cloud, region });
    this.lambda = new LambdaClient(connection);
    this.sqs = new SQSClient(connection);
    this.repetitions = [repeat(() => this.passMinute(), minuteMs, console.error)];
  }

  static async create(): Promise<MigratingSystem> {
    const home = temporaryHome();
    // Its clock is that of the machine, because a faster one makes the alarms faster, too. Here only schedules must be.
    const cloud = await startCloud({ home, attached: true });
    const [asr, sed, ser] = await Promise.all(
      features.map((feature) => FakeApi.start({ feature })),
    );
    if (asr === undefined || sed === undefined || ser === undefined) throw new Error("no APIs");
    return new MigratingSystem(home, cloud, { asr, sed, ser });
  }

  get outputs(): SystemOutputs {
    if (this.deployed === undefined) throw new Error("Nothing is deployed.");
    return this.deployed;
  }

  async deploy(stage: Stage): Promise<void> {
    const { asr, sed, ser } = this.apis;
    const project = await projectFolder({
      system: "watchme",
      home: this.home,
      name: "watchme",
      config: {
        ...times,
        serConcurrency: 4,
        vibeTranscriberApiUrl: asr.url,
        behaviorApiUrl: sed.url,
        emotionApiUrl: ser.url,
        serFifo: stage,
      },
    });
    const { outputs } = await pulumiLocal({ project, home: this.home }, [
      ...["up", "--yes", "--skip-preview"],
    ]);
    this.deployed = systemOutputsSchema.parse(outputs.system);
  }

  /** The workers of the other two queues stop, which gives the time of the machine to ser. What these queues get is thrown
   *  away, because the cloud looks at every message each second. */
  async leaveOutOthers(): Promise<void> {
    for (const key of notTested) {
      for (const { UUID } of await this.mappings(key)) {
        await this.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
      }
    }
    const purge = () =>
      Promise.all(
        notTested.map((key) =>
          this.sqs.send(new PurgeQueueCommand({ QueueUrl: this.outputs.queues[key]?.url })),
        ),
      );
    this.repetitions.push(repeat(async () => void (await purge()), purgeMs, console.error));
  }

  async mappings(key: string): Promise<EventSourceMappingConfiguration[]> {
    const { arn, alias } = this.outputs.functions[key] ?? {};
    const { EventSourceMappings = [] } = await this.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: `${arn}:${alias}` }),
    );
    return EventSourceMappings;
  }

  deadLetters(key: string): Promise<number> {
    return messagesIn(this.sqs, this.outputs.queues[key]?.deadLetter.url ?? "");
  }

  async stop(): Promise<void> {
    await Promise.all(this.repetitions.map((one) => one.stop()));
    this.lambda.destroy();
    this.sqs.destroy();
    await Promise.all(Object.values(this.apis).map((api) => api.stop()));
    await stopCloud(this.home);
    await rm(this.home, { recursive: true, force: true });
  }

  private async passMinute(): Promise<void> {
    const { endpoint, accountId: account } = this.cloud;
    const body = JSON.stringify({ account, seconds: 60 });
    const response = await fetch(`${endpoint}/_local/move-clock`, { method: "POST", body });
    if (!response.ok) throw new Error(`The clock was not moved: ${await response.text()}`);
  }
}
