import type { PropertyMap } from "../values/property-value";

/** The resource exists, but a later call failed. */
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

/** Added to the SDK's clients, because their errors do not contain the name of the call. */
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

/** An error in one sentence. For an error of AWS: the call, AWS's code and message, and the id of the request. */
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
