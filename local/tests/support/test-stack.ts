import { tmpdir } from "node:os";
import * as grpc from "@grpc/grpc-js";
import { runOperation } from "../../operation/run-operation";
import type { EngineEvent } from "../../values/events";
import type { DeploymentV3, ResourceV3 } from "../../state/deployment";
import type { OperationRequest, OperationResult } from "../../operation/request";
import { serveBox } from "./box/provider";
import { World } from "./box/world";
import { programOf, type Program } from "./monitor-program";

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const signature = "4dabf18193072939515e22adb298388d";
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export function secret(value: unknown) {
  return { [signature]: secretSignature, value };
}

export interface Outcome extends OperationResult {
  events: EngineEvent[];
  /** "create queue", in the order in which the steps began. */
  steps: string[];
  errors: string[];
  changes: Record<string, number>;
}

type Body = (program: Program) => Promise<unknown>;

/** A stack of the project "shop" with the test provider, whose state is kept from operation to operation. */
export class TestStack {
  readonly world = new World();
  state: DeploymentV3 | undefined;
  readonly saves: DeploymentV3[] = [];
  readonly name = "dev";
  private encryptions = 0;

  private constructor(
    private readonly server: grpc.Server,
    private readonly address: () => string,
  ) {}

  static async start(): Promise<TestStack> {
    const server = new grpc.Server();
    let port = 0;
    const stack = new TestStack(server, () => `127.0.0.1:${port}`);
    serveBox(server, stack.world);
    port = await new Promise((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return stack;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  up(body: Body, options: Partial<OperationRequest> = {}): Promise<Outcome> {
    return this.run({ kind: "update", program: programOf(body), ...options });
  }

  preview(body: Body, options: Partial<OperationRequest> = {}): Promise<Outcome> {
    return this.up(body, { dryRun: true, ...options });
  }

  refresh(options: Partial<OperationRequest> = {}): Promise<Outcome> {
    return this.run({ kind: "refresh", ...options });
  }

  destroy(options: Partial<OperationRequest> = {}): Promise<Outcome> {
    return this.run({ kind: "destroy", ...options });
  }

  async run(options: Partial<OperationRequest>): Promise<Outcome> {
    const events: EngineEvent[] = [];
    const result = await runOperation({
      kind: "update",
      dryRun: false,
      project: "shop",
      stack: this.name,
      directory: tmpdir(),
      config: { "box:region": "here" },
      secretKeys: [],
      base: this.state && structuredClone(this.state),
      secrets: {
        // Different each time, so that a test detects an unnecessary encryption.
        encrypt: (text) =>
          Promise.resolve(`${(this.encryptions += 1)}:${Buffer.from(text).toString("base64")}`),
        decrypt: (text) =>
          Promise.resolve(Buffer.from(text.split(":")[1] ?? "", "base64").toString()),
      },
      save: (deployment) => {
        this.saves.push(deployment);
        this.state = deployment;
        return Promise.resolve();
      },
      plugins: { box: { address: this.address() } },
      environment: {},
      readStackOutputs: () => Promise.resolve(undefined),
      parallel: 8,
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
      ...options,
    });
    return outcome(result, events);
  }

  urn(name: string, type = "box:index:Thing"): string {
    return `urn:pulumi:${this.name}::shop::${type}::${name}`;
  }

  resource(name: string): ResourceV3 {
    const found = this.resources(name);
    if (found.length !== 1) throw new Error(`${found.length} resources are called ${name}`);
    return found[0] as ResourceV3;
  }

  resources(name: string): ResourceV3[] {
    return (this.state?.resources ?? []).filter(({ urn }) => urn.endsWith(`::${name}`));
  }

  /** Names in the order of the state. */
  get names(): string[] {
    return (this.state?.resources ?? []).map(({ urn }) => urn.split("::").slice(3).join("::"));
  }
}

export function outcome(result: OperationResult, events: EngineEvent[]): Outcome {
  const steps: string[] = [];
  const errors: string[] = [];
  let changes: Record<string, number> = {};
  for (const event of events) {
    if (event.type === "resourcePre") {
      steps.push(`${event.step.operation} ${event.step.urn.split("::").slice(3).join("::")}`);
    } else if (event.type === "diagnostic" && event.severity === "error") {
      errors.push(event.message);
    } else if (event.type === "summary") {
      changes = event.changes;
    }
  }
  return { ...result, events, steps, errors, changes };
}
