import type { PropertyMap } from "../values/property-value";

/** The resource exists, but something after its creation went wrong. */
export class IncompleteResourceError extends Error {
  constructor(
    readonly id: string,
    readonly state: PropertyMap,
    readonly inputs: PropertyMap,
    readonly reason: string,
  ) {
    super(reason);
    this.name = "IncompleteResourceError";
  }
}

interface Call {
  clientName?: string;
  commandName?: string;
}

/** For the SDK's clients, whose errors do not say which call they are of. */
export const namesItsCall =
  <Input, Output>(next: (args: Input) => Promise<Output>, call: Call) =>
  async (args: Input): Promise<Output> => {
    try {
      return await next(args);
    } catch (error) {
      const service = call.clientName?.replace(/Client$/, "") ?? "AWS";
      const operation = call.commandName?.replace(/Command$/, "") ?? "";
      if (error instanceof Error) Object.assign(error, { awsCall: `${service} ${operation}` });
      throw error;
    }
  };

/** An error in one sentence; of a refusal by AWS what was asked, AWS's code and words, and the request's id. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { awsCall, $metadata } = error as {
    awsCall?: string;
    $metadata?: { requestId?: string };
  };
  const isNamed = error.name === "Error" || error.message.startsWith(error.name);
  const text = isNamed ? error.message : `${error.name}: ${error.message}`;
  if (awsCall === undefined) return text;
  const request = $metadata?.requestId === undefined ? "" : ` (request ${$metadata.requestId})`;
  return `${awsCall}: ${text}${request}`;
}
