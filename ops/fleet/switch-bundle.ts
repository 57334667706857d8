import { setTimeout as delay } from "node:timers/promises";
import {
  InvalidInstanceId,
  ListCommandsCommand,
  paginateDescribeInstanceInformation,
  paginateListCommandInvocations,
  SendCommandCommand,
  type CommandInvocation,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { bundleKey, shortHash, switchBundleParameters } from "../../contracts/release";

/** SendCommand takes up to 50 instance ids. */
const mostIds = 50;

/** How long a machine may take to fetch the command. It has said that it is online. SSM allows no less. */
const deliverySeconds = 30;

const ended = ["Success", "Failed", "TimedOut", "Cancelled", "Undeliverable", "Terminated"];

export interface SwitchResult {
  ok: boolean;
  /** What the script said, or why it did not run. */
  says: string;
}

/** Ids of those machines whose Systems Manager agent answers. */
export async function onlineMachines(ssm: SSMClient, ids: readonly string[]): Promise<Set<string>> {
  const online = new Set<string>();
  for (const some of chunks(ids)) {
    const pages = paginateDescribeInstanceInformation(
      { client: ssm },
      { Filters: [{ Key: "InstanceIds", Values: some }] },
    );
    for await (const { InstanceInformationList = [] } of pages) {
      for (const { InstanceId = "", PingStatus } of InstanceInformationList) {
        if (PingStatus === "Online") online.add(InstanceId);
      }
    }
  }
  return online;
}

/** Switches machines in place. Calls `ended` for each machine when its script has ended. */
export async function switchBundle(
  ssm: SSMClient,
  command: BundleCommand,
  onEnd: (id: string, result: SwitchResult) => void,
): Promise<void> {
  await Promise.all(chunks(command.ids).map((ids) => runOn(ssm, { ...command, ids }, onEnd)));
}

interface BundleCommand {
  documentName: string;
  sha256: string;
  graceSeconds: number;
  ids: readonly string[];
}

async function runOn(
  ssm: SSMClient,
  command: BundleCommand,
  onEnd: (id: string, result: SwitchResult) => void,
): Promise<void> {
  const { ids } = command;
  let Command: { CommandId?: string } | undefined;
  try {
    ({ Command } = await send(ssm, command));
  } catch (error) {
    if (!(error instanceof InvalidInstanceId)) throw error;
    // One machine that has just been terminated makes SSM refuse all.
    if (ids.length > 1) {
      await Promise.all(ids.map((id) => runOn(ssm, { ...command, ids: [id] }, onEnd)));
    } else {
      for (const id of ids) onEnd(id, { ok: false, says: notReached });
    }
    return;
  }
  const CommandId = Command?.CommandId ?? "";
  const waiting = new Set(ids);
  for (let isOver = false; waiting.size > 0 && !isOver;) {
    await delay(500);
    // Asked first: what ends afterwards is seen in the next round.
    isOver = await hasEnded(ssm, CommandId);
    const pages = paginateListCommandInvocations({ client: ssm }, { CommandId, Details: true });
    for await (const { CommandInvocations = [] } of pages) {
      for (const invocation of CommandInvocations) {
        const { InstanceId = "", Status = "" } = invocation;
        if (!ended.includes(Status) || !waiting.delete(InstanceId)) continue;
        onEnd(InstanceId, { ok: Status === "Success", says: saidBy(invocation) });
      }
    }
  }
  for (const id of waiting) {
    onEnd(id, { ok: false, says: notReached });
  }
}

const notReached = "Systems Manager did not reach the machine.";

const send = (ssm: SSMClient, { documentName, sha256, graceSeconds, ids }: BundleCommand) =>
  ssm.send(
    new SendCommandCommand({
      DocumentName: documentName,
      Targets: [{ Key: "InstanceIds", Values: [...ids] }],
      Parameters: {
        [switchBundleParameters.key]: [bundleKey(sha256)],
        [switchBundleParameters.sha256]: [sha256],
        [switchBundleParameters.grace]: [String(graceSeconds)],
      },
      MaxConcurrency: "100%",
      MaxErrors: "100%",
      TimeoutSeconds: deliverySeconds,
      Comment: `rollback to ${shortHash(sha256)}`,
    }),
  );

async function hasEnded(ssm: SSMClient, CommandId: string): Promise<boolean> {
  const { Commands } = await ssm.send(new ListCommandsCommand({ CommandId }));
  return ended.includes(Commands?.[0]?.Status ?? "");
}

function saidBy({ CommandPlugins = [], Status, StatusDetails }: CommandInvocation): string {
  const output = CommandPlugins.map((plugin) => plugin.Output?.trim() ?? "")
    .join("\n")
    .trim();
  return output === "" ? (StatusDetails ?? Status ?? "") : output;
}

function chunks(ids: readonly string[]): string[][] {
  const all: string[][] = [];
  for (let from = 0; from < ids.length; from += mostIds) all.push(ids.slice(from, from + mostIds));
  return all;
}
