import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { SQS } from "@aws-sdk/client-sqs";
import { clientConfig } from "../../local/cloud/scope";
import { startCloud, stopCloud } from "../../local/keeper";
import { systemOutputsSchema, type SystemOutputs } from "../../contracts/stack-outputs";
import { changedCopy } from "../../rehearsal/changed-copy";
import { alarmSpeed } from "../../rehearsal/rehearsal";
import { FakeApi } from "../../rehearsal/watchme/fake-api";
import { features, type Feature } from "../../contracts/watchme";
import { parse, stringify } from "yaml";
import { ApiHost } from "../support/api-host";
import { temporaryHome } from "../support/cloud";
import { start } from "../support/run-cli";
import type { Tried } from "./trials";

const region = "ap-southeast-2";

/** watchme with its APIs and their host, in a cloud of its own. */
export class WatchmeDeployment implements Tried {
  readonly lambda: Lambda;
  readonly dynamo: DynamoDB;
  readonly sqs: SQS;

  private constructor(
    readonly folder: string,
    readonly environment: NodeJS.ProcessEnv,
    connection: ReturnType<typeof clientConfig>,
    readonly outputs: SystemOutputs,
    readonly apis: Record<Feature, FakeApi>,
    readonly host: ApiHost,
    private readonly home: string,
  ) {
    this.lambda = new Lambda(connection);
    this.dynamo = new DynamoDB(connection);
    this.sqs = new SQS(connection);
  }

  static async create(): Promise<WatchmeDeployment> {
    const home = temporaryHome();
    const cloud = await startCloud({ home, clockSpeed: alarmSpeed });
    const connection = clientConfig({ ...cloud, region });
    const [asr, sed, ser] = await Promise.all(
      features.map((feature) => FakeApi.start({ feature })),
    );
    if (asr === undefined || sed === undefined || ser === undefined) throw new Error("no APIs");
    const host = await ApiHost.start(
      { accountId: cloud.accountId, clientConfig: () => connection },
      { Key: "Name", Value: "watchme-server" },
    );
    const folder = join(home, "clone");
    const project = await changedCopy({ folder, system: "watchme" });
    configure(project, {
      vibeTranscriberApiUrl: asr.url,
      behaviorApiUrl: sed.url,
      emotionApiUrl: ser.url,
    });
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
    await run(environment, ["up", "--yes", "--skip-preview"], project);
    const { stdout } = await run(environment, ["stack", "output", "system", "--json"], project);
    const outputs = systemOutputsSchema.parse(JSON.parse(stdout));
    return new WatchmeDeployment(
      folder,
      environment,
      connection,
      outputs,
      { asr, sed, ser },
      host,
      home,
    );
  }

  /** Of a worker. */
  async mapping(worker: Feature) {
    const { arn, alias } = this.outputs.functions[worker] ?? {};
    const { EventSourceMappings = [] } = await this.lambda.listEventSourceMappings({
      FunctionName: `${arn}:${alias}`,
    });
    return EventSourceMappings[0] ?? {};
  }

  async call(functionKey: string, event: object): Promise<void> {
    const { name, alias } = this.outputs.functions[functionKey] ?? {};
    const { FunctionError, Payload } = await this.lambda.invoke({
      FunctionName: `${name}:${alias}`,
      Payload: JSON.stringify(event),
    });
    if (FunctionError !== undefined) throw new Error(Buffer.from(Payload ?? []).toString());
  }

  /** Deploys another commit, in which a file begins with a line more. */
  async release(file: string, line: string): Promise<void> {
    const path = join(this.folder, file);
    writeFileSync(path, `${line}\n${readFileSync(path, "utf8")}`);
    await run(this.environment, ["up", "--yes"], join(this.folder, "systems", "watchme"));
  }

  async stop(): Promise<void> {
    this.lambda.destroy();
    this.dynamo.destroy();
    this.sqs.destroy();
    await Promise.all(Object.values(this.apis).map((api) => api.stop()));
    await stopCloud(this.home);
  }
}

function configure(project: string, values: Record<string, string>): void {
  const file = join(project, "Pulumi.dev.yaml");
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  const own = Object.entries(values).map(([key, value]) => [`watchme:${key}`, value] as const);
  writeFileSync(file, stringify({ config: { ...config, ...Object.fromEntries(own) } }));
}

async function run(environment: NodeJS.ProcessEnv, command: string[], project: string) {
  const end = await start(environment, ...command, "-s", "dev", "-C", project).done;
  if (end.code !== 0)
    throw new Error(`pulumi-local ${command.join(" ")}:\n${end.stdout}${end.stderr}`);
  return end;
}
