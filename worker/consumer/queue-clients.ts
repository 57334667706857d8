import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/** One connection pool for each kind of call: a long poll holds its socket for 20 seconds, and neither
 *  it nor a delete that hangs may keep a heartbeat waiting for one. */
export interface QueueClients {
  receive: SQSClient;
  settle: SQSClient;
  heartbeat: SQSClient;
  destroy(): void;
}

/** SQS long polls for at most 20 s; an answer that is ten seconds late does not come. */
const receiveTimeoutMs = 30_000;

/** The other calls answer within milliseconds. */
const callTimeoutMs = 10_000;

/** Ends every call after its time. As options of `send`, the same would make the SDK put its middleware together anew for
 *  every call. */
class LimitedHandler extends NodeHttpHandler {
  override handle(...[request, options]: Parameters<NodeHttpHandler["handle"]>) {
    return super.handle(request, {
      abortSignal: AbortSignal.timeout(callTimeoutMs),
      ...options,
    });
  }
}

export function createQueueClients(config: SQSClientConfig): QueueClients {
  const client = (maxSockets: number, Handler = LimitedHandler, requestTimeout?: number) => {
    const agent = { keepAlive: true, maxSockets };
    const sqs = new SQSClient({
      ...config,
      // The MD5 of a body proves what TLS has proved, costs a tenth of the throughput, and a machine in
      // FIPS mode refuses it.
      md5: false,
      // Retries are ours: a batch is retried entry by entry, and a heartbeat must not retry for ever.
      maxAttempts: 1,
      cacheMiddleware: true,
      requestHandler: new Handler({
        httpAgent: new HttpAgent(agent),
        httpsAgent: new HttpsAgent(agent),
        connectionTimeout: 3000,
        requestTimeout,
        throwOnRequestTimeout: requestTimeout !== undefined,
      }),
    });
    // It copies every answer for a logger, even where none is set.
    sqs.middlewareStack.remove("loggerMiddleware");
    return sqs;
  };
  const clients = {
    // These calls bring a signal of their own, which ends a long poll.
    receive: client(16, NodeHttpHandler, receiveTimeoutMs),
    settle: client(32),
    heartbeat: client(8),
  };
  return {
    ...clients,
    destroy: () => Object.values(clients).forEach((each) => each.destroy()),
  };
}

/** A queue URL names its own host; where an endpoint is set (the embedded cloud, a proxy, a VPC
 *  endpoint), that one is meant. */
export function endpointOptions(environment: NodeJS.ProcessEnv): SQSClientConfig {
  const endpoint = environment.AWS_ENDPOINT_URL_SQS ?? environment.AWS_ENDPOINT_URL;
  return endpoint === undefined ? {} : { endpoint, useQueueUrlAsEndpoint: false };
}
