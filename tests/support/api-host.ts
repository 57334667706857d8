import { EC2 } from "@aws-sdk/client-ec2";
import type { TestAccount } from "./cloud";

interface Command {
  commandId: string;
  parameters: Record<string, string[]>;
}

/** An instance with a tag, whose Systems Manager agent the test plays. */
export class ApiHost {
  private constructor(
    private readonly endpoint: string,
    private readonly account: TestAccount,
    readonly instanceId: string,
  ) {}

  static async start(account: TestAccount, tag: { Key: string; Value: string }): Promise<ApiHost> {
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
    const commands = await this.turn();
    await this.turn(
      commands.map((command) => ({ stdout: "", stderr: "", ...how(command), ...command })),
    );
    return commands;
  }

  private async turn(results: ({ exitCode: number } & Command)[] = []): Promise<Command[]> {
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
    return ((await response.json()) as { commands: Command[] }).commands;
  }
}
