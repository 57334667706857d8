import { Agent, createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface ProxiedCall {
  /** "DeleteMessageBatch" */
  action: string;
  body: Record<string, unknown>;
  /** Undefined until there is one. */
  answer?: ProxiedAnswer | "drop" | "hang";
}

export interface ProxiedAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** Deals with a call in place of the cloud. `forward` sends it on, changed if wanted; "drop" breaks the
 *  connection; "hang" never answers. */
type Fault = (
  call: ProxiedCall,
  forward: (body?: Record<string, unknown>) => Promise<ProxiedAnswer>,
) => Promise<ProxiedAnswer | "drop" | "hang">;

/** Stands between a consumer and the cloud and does to chosen SQS calls what networks and services
 *  sometimes do. All other calls go through unchanged. */
export class FaultProxy {
  readonly calls: ProxiedCall[] = [];
  private readonly faults: { action: string; times: number; fault: Fault }[] = [];
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on("request", (incoming: IncomingMessage, outgoing) => {
      void this.serve(incoming).then((answer) => {
        if (answer === "drop") outgoing.destroy();
        else if (answer !== "hang")
          outgoing.writeHead(answer.status, answer.headers).end(answer.text);
      });
    });
  }

  static async start(targetEndpoint: string): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server, new URL(targetEndpoint));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Applies to the next `times` calls of the action. */
  inject(action: string, times: number, fault: Fault): void {
    this.faults.push({ action, times, fault });
  }

  clear(): void {
    this.faults.length = 0;
  }

  callsOf(action: string): ProxiedCall[] {
    return this.calls.filter((call) => call.action === action);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.agent.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(
    incoming: IncomingMessage,
  ): Promise<"drop" | "hang" | { status: number; headers: Record<string, string>; text: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || "{}") as Record<string, unknown>;
    const target = String(incoming.headers["x-amz-target"]);
    const call: ProxiedCall = { action: target.split(".").at(-1) ?? "", body };
    this.calls.push(call);
    const forward = (changed = body) => this.forward(incoming, changed);
    const match = this.faults.find(({ action, times }) => action === call.action && times > 0);
    if (match !== undefined) match.times -= 1;
    const answer = await (match?.fault(call, forward) ?? forward()).catch(() => "drop" as const);
    call.answer = answer;
    if (typeof answer === "string") return answer;
    const headers = { "content-type": "application/x-amz-json-1.0" };
    return { status: answer.status, headers, text: JSON.stringify(answer.body) };
  }

  private forward(
    incoming: IncomingMessage,
    body: Record<string, unknown>,
  ): Promise<ProxiedAnswer> {
    return new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const headers = { ...incoming.headers, "content-length": String(Buffer.byteLength(text)) };
      const onward = request(
        {
          agent: this.agent,
          host: this.target.hostname,
          port: this.target.port,
          method: incoming.method,
          path: incoming.url,
          headers,
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () => {
            const received = Buffer.concat(chunks).toString() || "{}";
            const parsed = JSON.parse(received) as Record<string, unknown>;
            resolve({ status: answer.statusCode ?? 500, body: parsed });
          });
        },
      );
      onward.on("error", reject);
      // A caller that hung up must not take a message out of the queue behind its back.
      const hangUp = () => onward.destroy();
      incoming.socket.once("close", hangUp);
      onward.once("close", () => incoming.socket.off("close", hangUp));
      onward.end(text);
    });
  }
}

export const serverError: Fault = () =>
  Promise.resolve({ status: 500, body: { __type: "InternalError", message: "injected" } });

export const hang: Fault = () => Promise.resolve("hang" as const);

export const drop: Fault = () => Promise.resolve("drop" as const);

/** Does the call for all entries but the one at `index`, which the service refuses. */
export const refuseEntry =
  (index: number): Fault =>
  async (call, forward) => {
    const entries = call.body.Entries as { Id: string }[];
    const refused = entries[index];
    const Entries = entries.filter((entry) => entry !== refused);
    const answer =
      Entries.length === 0
        ? { status: 200, body: { Successful: [] } }
        : await forward({ ...call.body, Entries });
    const Failed = refused && [
      { Id: refused.Id, Code: "InternalError", Message: "injected", SenderFault: false },
    ];
    return { ...answer, body: { ...answer.body, Failed } };
  };
