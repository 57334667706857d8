import {
  ListCommandsCommand,
  paginateListCommandInvocations,
  SendCommandCommand,
  type CommandInvocation,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { containerParameter } from "./container-parameter";
import type { Outcome } from "./history";

export interface Host {
  tagKey: string;
  tagValue: string;
}

/** How long the agent on the host has to fetch the command. Seconds, at least 30. Source: SSM SendCommand. */
const deliverySeconds = 60;

/** What is kept of a command's output. */
const longestOutput = 300;

const unfinished = ["Pending", "InProgress", "Delayed", "Cancelling"];

/** The command that restarts a container on the hosts with a tag. */
export class ContainerCommand {
  constructor(
    private readonly ssm: SSMClient,
    private readonly document: string,
    private readonly host: Host,
  ) {}

  async send(container: string): Promise<string> {
    const { Command } = await this.ssm.send(
      new SendCommandCommand({
        DocumentName: this.document,
        Targets: [{ Key: `tag:${this.host.tagKey}`, Values: [this.host.tagValue] }],
        Parameters: { [containerParameter]: [container] },
        TimeoutSeconds: deliverySeconds,
        // If it fails on one host, it is not tried on the others.
        MaxConcurrency: "1",
        MaxErrors: "0",
        Comment: "automatic restart",
      }),
    );
    if (Command?.CommandId === undefined) throw new Error("Systems Manager returned no command.");
    return Command.CommandId;
  }

  async outcomeOf(commandId: string): Promise<Outcome | undefined> {
    const { Commands } = await this.ssm.send(new ListCommandsCommand({ CommandId: commandId }));
    const [command] = Commands ?? [];
    if (command === undefined) return { ok: false, text: `the command ${commandId} is gone` };
    if (unfinished.includes(command.Status ?? "")) return undefined;
    const invocations = await this.invocations(commandId);
    if (invocations.length === 0) {
      const { tagKey, tagValue } = this.host;
      const text = `no instance with the tag ${tagKey}=${tagValue} is known to Systems Manager (${command.StatusDetails})`;
      return { ok: false, text };
    }
    // A host that was not reached does not make a command fail.
    const failed = invocations.find(({ Status }) => Status !== "Success");
    const [shown = {}] = failed === undefined ? invocations : [failed];
    const output = (shown.CommandPlugins ?? []).map(({ Output }) => Output ?? "").join("\n");
    const end = output.trim().slice(-longestOutput);
    return {
      ok: failed === undefined,
      text: [`${shown.StatusDetails} on ${shown.InstanceId}`, ...(end === "" ? [] : [end])].join(
        ": ",
      ),
    };
  }

  private async invocations(commandId: string): Promise<CommandInvocation[]> {
    const found: CommandInvocation[] = [];
    const pages = paginateListCommandInvocations(
      { client: this.ssm },
      { CommandId: commandId, Details: true },
    );
    for await (const { CommandInvocations = [] } of pages) found.push(...CommandInvocations);
    return found;
  }
}
