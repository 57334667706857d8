import { paginateListEventSourceMappings, type LambdaClient } from "@aws-sdk/client-lambda";
import { isPaused } from "../../estate/mapping-state";

/** How a queue calls a function. */
export interface QueueMapping {
  uuid: string;
  queueArn: string;
  /** It is disabled, or about to be: the messages wait in the queue. */
  isPaused: boolean;
}

/** The queues that call the function with this ARN, which may be that of an alias. */
export async function queueMappings(
  lambda: LambdaClient,
  functionArn: string,
): Promise<QueueMapping[]> {
  const mappings: QueueMapping[] = [];
  const pages = paginateListEventSourceMappings({ client: lambda }, { FunctionName: functionArn });
  for await (const { EventSourceMappings = [] } of pages) {
    for (const {
      UUID: uuid = "",
      EventSourceArn: queueArn = "",
      State = "",
    } of EventSourceMappings) {
      // Streams are mapped as well.
      if (queueArn.split(":")[2] !== "sqs") continue;
      mappings.push({ uuid, queueArn, isPaused: isPaused(State) });
    }
  }
  return mappings;
}
