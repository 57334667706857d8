import { EC2 } from "@aws-sdk/client-ec2";

interface Command {
  commandId: string;
  parameters: Record<string, string[]>;
}

interface Account {
  accountId: string;
  clientConfig(): ConstructorParameters<typeof EC2>[0] & { region: string; endpoint: string };
}

/** An instance with a tag, whose Systems Manager agent the test plays. */
export class ApiHost {
  /** Every answer of Systems Manager may have some, also that to results. */
  private readonly waiting: Command[] = [];

  private constructor(
    private readonly endpoint: string,
    private readonly account: Account,
    readonly instanceId: string,
  ) {}

  static async start(account: Account, tag: { Key: string; Value: string }): Promise<ApiHost> {
    const settings = account.clientConfig();
    const ec2 = new EC2(settings);
    const { Instances = [] } = await ec2.runInstances({
      ImageId: "ami-0a1b2c3d",
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [{ ResourceType: "instance", Tags: [tag] }],
    });
    ec2.destroy();
    const host = new ApiHost(settings.endpoint, account, String(Instances[0]?.InstanceId));
    await host.turn();
    return host;
  }

  /** Runs the commands that wait for it. Returns them. */
  async run(
    how: (command: Command) => { exitCode: number; stdout?: string; stderr?: string },
  ): Promise<Command[]> {
    await this.turn();
    const commands = this.waiting.splice(0);
    if (commands.length > 0) {
      await this.turn(
        commands.map((command) => ({ stdout: "", stderr: "", ...how(command), ...command })),
      );
    }
    return commands;
  }

  private async turn(results: ({ exitCode: number } & Command)[] = []): Promise<void> {
    const { region } = this.account.clientConfig();
    const response = await fetch(`${this.endpoint}/_local/agents`, {
      method: "POST",
      body: JSON.stringify({
        account: this.account.accountId,
        region,
        instances: [this.instanceId],
        results: results.map((result) => ({ ...result, instanceId: this.instanceId })),
      }),
    });
    if (!response.ok) throw new Error(`The agent was answered ${response.status}.`);
    this.waiting.push(...((await response.json()) as { commands: Command[] }).commands);
  }
}
