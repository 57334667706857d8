import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { jsonIn } from "../../../contracts/json-in";
import {
  messageCheckAnswerSchema,
  messageCheckKey,
  type MessageCheckRequest,
} from "../../../contracts/message-check";
import type { SystemOutputs } from "../../../contracts/stack-outputs";
import type { Access } from "../../estate/access";
import { aliasedFunctions } from "../../estate/function-of";
import { errorIn } from "../called-error";

/** A call of a function ends after 15 minutes at most, and its answer needs a moment. */
const longestCallMs = 15 * 60_000 + 15_000;

export type MessageOutcome =
  { outcome: "received" } | { outcome: "paused" } | { outcome: "not received"; fault: string };

/** The function of a system that sends test messages. */
export class MessageChecker {
  private readonly lambda: LambdaClient;

  private constructor(
    access: Access,
    private readonly name: string,
    private readonly alias: string,
  ) {
    this.lambda = new LambdaClient({
      ...access,
      // Another try would send other messages.
      maxAttempts: 1,
      requestHandler: { requestTimeout: longestCallMs, throwOnRequestTimeout: true },
    });
  }

  /** Undefined if the system has none. */
  static of(outputs: SystemOutputs, access: Access): MessageChecker | undefined {
    const one = aliasedFunctions(outputs).find(({ key }) => key === messageCheckKey);
    return one && new MessageChecker(access, one.name, one.alias);
  }

  async ask(request: MessageCheckRequest): Promise<MessageOutcome> {
    try {
      const { Payload, FunctionError } = await this.lambda.send(
        new InvokeCommand({
          FunctionName: this.name,
          Qualifier: this.alias,
          Payload: JSON.stringify(request),
        }),
      );
      const text = Buffer.from(Payload ?? []).toString();
      if (FunctionError !== undefined) return { outcome: "not received", fault: errorIn(text) };
      const answer = messageCheckAnswerSchema.safeParse(jsonIn(text));
      return answer.success
        ? answer.data
        : { outcome: "not received", fault: `${this.name} answered ${text.slice(0, 200)}` };
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      return { outcome: "not received", fault: `${this.name} could not be asked: ${fault}` };
    }
  }
}
