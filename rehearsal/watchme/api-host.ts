import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { z } from "zod";
import type { FakeApi } from "./fake-api";

const commandSchema = z.object({
  commandId: z.string(),
  instanceId: z.string(),
  document: z.object({
    mainSteps: z.array(z.object({ inputs: z.object({ runCommand: z.array(z.string()) }) })),
  }),
  parameters: z.record(z.string(), z.array(z.string())),
});
const answerSchema = z.object({ commands: z.array(commandSchema) });
type Command = z.output<typeof commandSchema>;

interface HostOptions {
  cloud: { endpoint: string; accountId: string; region: string };
  client: ConstructorParameters<typeof EC2Client>[0];
  /** By container. */
  apis: Record<string, FakeApi>;
  tag: { key: string; value: string };
  /** For the host's own commands. */
  folder: string;
}

/** The machine on which the APIs run, as Systems Manager sees it: its agent fetches commands and runs their scripts. The
 *  script is run as it is, by bash; only `docker` and `sleep` are the rehearsal's own. */
export class ApiHost {
  /** Containers in the order of their restarts. */
  readonly restarts: string[] = [];
  private readonly stopped = new AbortController();
  private readonly startedAt = new Map<string, string>();
  private readonly results: object[] = [];
  private agent: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: HostOptions,
    private readonly instanceId: string,
    private readonly server: Server,
  ) {}

  static async start(options: HostOptions): Promise<ApiHost> {
    const ec2 = new EC2Client(options.client ?? {});
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ImageId: "ami-00000000",
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [
          {
            ResourceType: "instance",
            Tags: [{ Key: options.tag.key, Value: options.tag.value }],
          },
        ],
      }),
    );
    ec2.destroy();
    const server = createServer();
    const host = new ApiHost(options, Instances?.[0]?.InstanceId ?? "", server);
    server.on("request", (request, response) => {
      const [, command = "", container = ""] = (request.url ?? "").split("/");
      const text = host.docker(command, container);
      response.writeHead(text === undefined ? 404 : 200).end(text ?? `No such container\n`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await host.writeCommands();
    host.agent = host.runAgent();
    return host;
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.agent;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private docker(command: string, container: string): string | undefined {
    const api = this.options.apis[container];
    if (api === undefined) return undefined;
    if (command === "restart") {
      api.restart();
      this.startedAt.set(container, new Date().toISOString());
      this.restarts.push(container);
      return `${container}\n`;
    }
    const startedAt = this.startedAt.get(container) ?? "";
    return `            "Running": true,\n            "StartedAt": "${startedAt}",\n`;
  }

  private async writeCommands(): Promise<void> {
    const { folder } = this.options;
    await mkdir(folder, { recursive: true });
    const docker = `#!/bin/sh\nexec "${process.execPath}" "${join(__dirname, "docker.mjs")}" "$@"\n`;
    // The script waits for a container that ends again at once. Here that takes no 15 seconds.
    const commands = { docker, sleep: "#!/bin/sh\nexec /bin/sleep 0.2\n" };
    for (const [name, text] of Object.entries(commands)) {
      await writeFile(join(folder, name), text);
      await chmod(join(folder, name), 0o755);
    }
  }

  private async runAgent(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const commands = await this.exchange().catch(() => []);
      await Promise.all(commands.map((command) => this.runScript(command)));
      await delay(200, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Gives the agent's results to Systems Manager, and fetches commands. */
  private async exchange(): Promise<Command[]> {
    const { endpoint, accountId: account, region } = this.options.cloud;
    const results = [...this.results];
    const response = await fetch(`${endpoint}/_local/agents`, {
      method: "POST",
      body: JSON.stringify({ account, region, instances: [this.instanceId], results }),
    });
    if (!response.ok) return [];
    this.results.splice(0, results.length);
    return answerSchema.parse(await response.json()).commands;
  }

  private async runScript(command: Command): Promise<void> {
    const lines = command.document.mainSteps.flatMap(({ inputs }) => inputs.runCommand);
    const script = lines
      .join("\n")
      .replaceAll(
        /\{\{ *(\w+) *\}\}/g,
        (_, name: string) => command.parameters[name]?.join(",") ?? "",
      );
    const { address, port } = this.server.address() as AddressInfo;
    const env = {
      PATH: `${this.options.folder}:${process.env.PATH ?? ""}`,
      CONTAINERS_URL: `http://${address}:${port}`,
    };
    const result = await new Promise<object>((resolve) => {
      execFile("bash", ["-c", script], { env }, (error, stdout, stderr) =>
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
      );
    });
    this.results.push({
      ...result,
      commandId: command.commandId,
      instanceId: command.instanceId,
    });
  }
}
