import { LambdaClient, paginateListEventSourceMappings } from "@aws-sdk/client-lambda";
import type { Access } from "../estate/access";

/** A function that works on the queue. */
export interface Consumer {
  functionName: string;
  /** "Enabled", "Disabled", and what is between. Source: State of Lambda's GetEventSourceMapping. */
  state: string;
}

/** Undefined if it may not be asked. */
export async function consumersOf(
  access: Access,
  queueArn: string,
): Promise<Consumer[] | undefined> {
  const consumers: Consumer[] = [];
  try {
    const pages = paginateListEventSourceMappings(
      { client: new LambdaClient(access) },
      { EventSourceArn: queueArn },
    );
    for await (const { EventSourceMappings = [] } of pages) {
      for (const { FunctionArn = "", State = "" } of EventSourceMappings) {
        const [, functionName = FunctionArn] = /:function:([^:]+)/.exec(FunctionArn) ?? [];
        consumers.push({ functionName, state: State });
      }
    }
  } catch {
    return undefined;
  }
  return consumers;
}
