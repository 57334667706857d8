import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { parse } from "yaml";
import { forEachLine, releaseNode, startNode } from "../process/node-process";
import type { AnalyzedResource } from "./analyzed-resource";
import { reconcilePackConfig, type PackConfig } from "./policy-config";
import {
  analyzeRequest,
  analyzeStackRequest,
  configureRequest,
  packInfo,
  type PackInfo,
} from "./policy-messages";

export interface PackSettings {
  /** Folder of PulumiPolicy.yaml. */
  directory: string;
  config: PackConfig;
}

/** The stack that the packs check. The code of a pack may read it. */
export interface JudgedStack {
  organization: string;
  project: string;
  stack: string;
  config: Record<string, string>;
  secretKeys: readonly string[];
}

type OutputLine = { stream: "stdout" | "stderr"; text: string };

/** One policy pack. It runs unmodified in the runner of its SDK and is called over Pulumi's protocol. */
export class PolicyProcess {
  private readonly child: ChildProcess;
  private readonly client: Promise<AnalyzerClient>;
  private readonly loaded: Promise<PackInfo>;
  private readonly output: string[] = [];
  private listener: ((line: OutputLine) => void) | undefined;
  private readonly startedAt = performance.now();
  /** How long the pack took to start. */
  loadedAfterSeconds = 0;

  constructor(
    private readonly settings: PackSettings,
    judged: JudgedStack,
    environment: NodeJS.ProcessEnv,
  ) {
    this.child = startNode({
      script: resolveRunner(settings.directory),
      // The runner requires the address of an engine but does not use it.
      arguments: ["127.0.0.1:0", settings.directory],
      directory: settings.directory,
      environment: { ...environment, ...packEnvironment(judged) },
    });
    this.client = this.connect();
    this.loaded = this.load();
    // A caller that waits for it gets the error. If no caller waits yet, the process must not crash.
    this.loaded.catch(() => undefined);
  }

  get info(): Promise<PackInfo> {
    return this.loaded;
  }

  onOutput(listener: (line: OutputLine) => void): void {
    this.listener = listener;
  }

  async configureStack(judged: JudgedStack, dryRun: boolean): Promise<void> {
    await this.loaded;
    const request = new messages.AnalyzerStackConfigureRequest()
      .setStack(judged.stack)
      .setProject(judged.project)
      .setOrganization(judged.organization)
      .setDryRun(dryRun)
      .setConfigSecretKeysList([...judged.secretKeys]);
    for (const [key, value] of Object.entries(judged.config))
      request.getConfigMap().set(key, value);
    await this.call<messages.AnalyzerStackConfigureResponse>((client, done) =>
      client.configureStack(request, done),
    ).catch(ignoreUnimplemented);
  }

  async analyze(resource: AnalyzedResource): Promise<messages.AnalyzeDiagnostic[]> {
    await this.loaded;
    const answer = await this.call<messages.AnalyzeResponse>((client, done) =>
      client.analyze(analyzeRequest(resource), done),
    );
    return answer.getDiagnosticsList();
  }

  async analyzeStack(
    resources: readonly AnalyzedResource[],
  ): Promise<messages.AnalyzeDiagnostic[]> {
    await this.loaded;
    const answer = await this.call<messages.AnalyzeResponse>((client, done) =>
      client.analyzeStack(analyzeStackRequest(resources), done),
    );
    return answer.getDiagnosticsList();
  }

  async remediate(resource: AnalyzedResource): Promise<messages.Remediation[]> {
    await this.loaded;
    const answer = await this.call<messages.RemediateResponse>((client, done) =>
      client.remediate(analyzeRequest(resource), done),
    );
    return answer.getRemediationsList();
  }

  close(): void {
    this.client.then(
      (client) => client.close(),
      () => undefined,
    );
    releaseNode(this.child);
  }

  /** The first line of its output is its port. */
  private connect(): Promise<AnalyzerClient> {
    return new Promise((resolve, reject) => {
      let port: string | undefined;
      forEachLine(this.child, (line) => {
        if (port === undefined && line.stream === "stdout" && /^\d+$/.test(line.text)) {
          port = line.text;
          resolve(
            new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
              "grpc.max_receive_message_length": -1,
              "grpc.max_send_message_length": -1,
            }),
          );
        } else {
          this.output.push(line.text);
          this.listener?.(line);
        }
      });
      this.child.once("error", reject);
      this.child.once("close", (code) =>
        reject(
          new Error(
            [
              `The policy pack ${this.settings.directory} ended with code ${code} before it served:`,
              ...this.output.map((text) => `  ${text}`),
            ].join("\n"),
          ),
        ),
      );
    });
  }

  private async load(): Promise<PackInfo> {
    const answer = await this.call<messages.AnalyzerInfo>((client, done) =>
      client.getAnalyzerInfo(new Empty(), done),
    );
    const info = packInfo(answer, versionInFile(this.settings.directory));
    const config = reconcilePackConfig(info.rules, info.initialConfig, this.settings.config);
    if (Object.keys(config).length > 0) {
      await this.call<Empty>((client, done) => client.configure(configureRequest(config), done));
    }
    for (const rule of info.rules) {
      rule.enforcement = config[rule.name]?.enforcement ?? rule.enforcement;
    }
    this.loadedAfterSeconds = (performance.now() - this.startedAt) / 1000;
    return info;
  }

  /** The message without gRPC's prefix. The message of the SDK names the pack and the rule. */
  private readable(error: grpc.ServiceError): grpc.ServiceError {
    const { code, details } = error;
    const gone = `The policy pack ${this.settings.directory} ended while it judged: ${details}`;
    error.message = code === grpc.status.UNAVAILABLE ? gone : details;
    return error;
  }

  private async call<Answer>(
    send: (
      client: AnalyzerClient,
      done: (error: grpc.ServiceError | null, answer: Answer) => void,
    ) => void,
  ): Promise<Answer> {
    const client = await this.client;
    return new Promise((resolve, reject) => {
      send(client, (error, answer) => {
        if (error === null) resolve(answer);
        else reject(this.readable(error));
      });
    });
  }
}

function ignoreUnimplemented(error: grpc.ServiceError): void {
  if (error.code !== grpc.status.UNIMPLEMENTED) throw error;
}

function resolveRunner(directory: string): string {
  if (!existsSync(join(directory, "PulumiPolicy.yaml"))) {
    throw new Error(`${directory} is no policy pack: it has no PulumiPolicy.yaml.`);
  }
  try {
    return require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [directory] });
  } catch {
    throw new Error(
      `The policy pack ${directory} has no @pulumi/pulumi; install its dependencies (npm ci).`,
    );
  }
}

function versionInFile(directory: string): string | undefined {
  const file = parse(readFileSync(join(directory, "PulumiPolicy.yaml"), "utf8")) as {
    version?: string;
  } | null;
  return file?.version;
}

function packEnvironment(judged: JudgedStack): NodeJS.ProcessEnv {
  return {
    PULUMI_CONFIG: JSON.stringify(judged.config),
    PULUMI_NODEJS_ORGANIZATION: judged.organization,
    PULUMI_NODEJS_PROJECT: judged.project,
    PULUMI_NODEJS_STACK: judged.stack,
    // One process checks the preview and the update of an `up`, so a rule must give the same result in both.
    PULUMI_NODEJS_DRY_RUN: "true",
  };
}
