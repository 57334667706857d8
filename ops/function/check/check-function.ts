import { GetFunctionConfigurationCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { messageCheckWaitSeconds } from "../../../contracts/message-check";
import type { SystemOutputs } from "../../../contracts/stack-outputs";
import type { AliasedFunction } from "../../estate/function-of";
import { LiveFunction, type Check } from "../live-function";
import type { MessageChecker, MessageOutcome } from "./message-checker";
import { queueMappings, type QueueMapping } from "./queue-mappings";

/** What became of the test message of a queue. */
export type QueueOutcome = { queue: string } & (
  MessageOutcome | { outcome: "not sent"; reason: string }
);

export interface FunctionCheck {
  /** Key in the system's output. */
  key: string;
  name: string;
  logGroupName: string;
  /** To which the alias points. Undefined for $LATEST, and if that could not be asked. */
  version: number | undefined;
  check: Check;
  /** One for each queue that calls the function. */
  messages: QueueOutcome[];
  /** Only if the alias was moved. */
  rolledBackTo?: number;
}

export interface FunctionCheckParts {
  lambda: LambdaClient;
  queues: SystemOutputs["queues"];
  /** Undefined: the system has none. */
  checker: Pick<MessageChecker, "ask"> | undefined;
  /** Whether a version that does not receive its message is replaced by the last one that passed. */
  rollBack: boolean;
  progress: (line: string) => void;
}

/** The check of a deployment: calls the version that the alias points to, and sends it a message through each of its queues.
 *  Never rejects: what could not be asked is a fault of this function's check. */
export async function checkFunction(
  one: AliasedFunction,
  parts: FunctionCheckParts,
): Promise<FunctionCheck> {
  const { key, name, logGroupName } = one;
  const subject = { key, name, logGroupName };
  try {
    const live = new LiveFunction(parts.lambda, name, one.alias);
    const { version } = await live.state();
    if (version === undefined) {
      const fault = `the alias "${one.alias}" points to $LATEST, which is no version. Deploy the system again.`;
      return { ...subject, version, check: { answers: false, fault }, messages: [] };
    }
    const [check, mappings] = await Promise.all([
      live.check(version),
      queueMappings(parts.lambda, `${one.arn}:${one.alias}`),
    ]);
    const messages = await sendThrough(mappings, { one, version, check }, parts);
    return {
      ...subject,
      ...{ version, check, messages },
      ...(parts.rollBack && messages.some(isNotReceived) ? await movedTo(live, version) : {}),
    };
  } catch (error) {
    const fault = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { ...subject, version: undefined, check: { answers: false, fault }, messages: [] };
  }
}

/** Whether everything that was checked works. */
export const passes = ({ check, messages }: FunctionCheck): boolean =>
  check.answers && !messages.some(isNotReceived);

const isNotReceived = ({ outcome }: QueueOutcome): boolean => outcome === "not received";

interface Checked {
  one: AliasedFunction;
  version: number;
  check: Check;
}

/** One queue after the other: after a rollback, the version is no longer the one that is asked for. */
async function sendThrough(
  mappings: readonly QueueMapping[],
  { one, version, check }: Checked,
  { lambda, queues, checker, rollBack, progress }: FunctionCheckParts,
): Promise<QueueOutcome[]> {
  const outcomes: QueueOutcome[] = [];
  for (const { uuid, queueArn, isPaused } of mappings) {
    const found = Object.entries(queues).find(([, { arn }]) => arn === queueArn);
    const queue = found?.[0] ?? queueArn;
    const reason =
      found === undefined
        ? "the system's output does not have the queue"
        : checker === undefined
          ? "the system has no message check"
          : !check.answers && !rollBack
            ? "the version does not answer"
            : outcomes.some(isNotReceived)
              ? "the message of another queue was not received"
              : undefined;
    if (isPaused) {
      outcomes.push({ queue, outcome: "paused" });
    } else if (checker === undefined || found === undefined || reason !== undefined) {
      outcomes.push({ queue, outcome: "not sent", reason: reason ?? "" });
    } else {
      const waitSeconds = messageCheckWaitSeconds(await timeoutOf(lambda, one, version));
      progress(`${one.key}: a test message goes through ${queue}; it may take ${waitSeconds} s`);
      const answer = await checker.ask({
        functionName: one.name,
        version: String(version),
        mappingUuid: uuid,
        queueUrl: found[1].url,
        ...{ waitSeconds, rollBack },
      });
      outcomes.push({ queue, ...answer });
    }
  }
  return outcomes;
}

/** Seconds. For a worker it is the job timeout of its queues. */
async function timeoutOf(
  lambda: LambdaClient,
  { name }: AliasedFunction,
  version: number,
): Promise<number> {
  const { Timeout = 0 } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier: String(version) }),
  );
  return Timeout;
}

async function movedTo(
  live: LiveFunction,
  version: number,
): Promise<Pick<FunctionCheck, "rolledBackTo">> {
  const now = (await live.state()).version;
  return now === undefined || now === version ? {} : { rolledBackTo: now };
}
