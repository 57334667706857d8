import type { MessageCheckAnswer, MessageCheckRequest } from "../../../contracts/message-check";

/** What the check does in AWS. */
export interface Effects {
  aliasVersion(functionName: string): Promise<string>;
  moveAlias(functionName: string, version: string): Promise<void>;
  /** "Enabled", "Creating" … */
  mappingState(uuid: string): Promise<string>;
  send(queueUrl: string, checkId: string): Promise<void>;
  /** The version that received the message, once it did. */
  receivedBy(checkId: string): Promise<string | undefined>;
  lastVerified(functionName: string): Promise<string | undefined>;
  remember(functionName: string, version: string): Promise<void>;
  wait(ms: number): Promise<void>;
  now(): number;
  newId(): string;
}

const pauseMs = 500;

/** A mapping is enabled within about a minute after it was created. */
const mappingWaitMs = 120_000;

/** Messages at most: right after the alias moved, the former version may still receive one. */
const messages = 3;

/** Sends a test message through the queue, and waits until this version received it. */
export async function checkMessage(
  request: MessageCheckRequest,
  effects: Effects,
): Promise<MessageCheckAnswer> {
  const { functionName, version, mappingUuid } = request;
  const current = await effects.aliasVersion(functionName);
  if (current !== version) {
    throw new Error(
      `The alias of ${functionName} points to version ${current}, not ${version}: an earlier check of version ${version} failed, ` +
        `or somebody rolled it back. Deploy a fixed version; to try version ${version} again, run "pulumi up --refresh".`,
    );
  }
  if ((await settledState(mappingUuid, effects)) === "Disabled") return { outcome: "paused" };
  if (await isReceived(request, effects)) {
    await effects.remember(functionName, version);
    return { outcome: "received" };
  }
  const fault = `Version ${version} of ${functionName} did not receive a test message within ${request.waitSeconds} s. Its log says why.`;
  const former = request.rollBack ? await effects.lastVerified(functionName) : undefined;
  if (former === undefined || former === version) {
    throw new Error(
      `${fault} The alias still points to it${request.rollBack ? ", because no version passed this check before" : ""}.`,
    );
  }
  await effects.moveAlias(functionName, former);
  throw new Error(`${fault} The alias is back at version ${former}, the last one that passed.`);
}

/** The mapping's state after what AWS was doing with it. */
async function settledState(uuid: string, effects: Effects): Promise<string> {
  const until = effects.now() + mappingWaitMs;
  for (;;) {
    const state = await effects.mappingState(uuid);
    if (state === "Enabled" || state === "Disabled") return state;
    if (effects.now() > until) {
      throw new Error(
        `The event source mapping ${uuid} is still ${state} after ${mappingWaitMs / 1000} s, so no test message was sent. Run "pulumi up" again.`,
      );
    }
    await effects.wait(pauseMs);
  }
}

async function isReceived(
  { queueUrl, version, waitSeconds }: MessageCheckRequest,
  effects: Effects,
): Promise<boolean> {
  const until = effects.now() + waitSeconds * 1000;
  for (let sent = 1; sent <= messages; sent += 1) {
    const id = effects.newId();
    await effects.send(queueUrl, id);
    let receiver: string | undefined;
    while (receiver === undefined) {
      if (effects.now() > until) return false;
      await effects.wait(pauseMs);
      receiver = await effects.receivedBy(id);
    }
    if (receiver === version) return true;
  }
  return false;
}
