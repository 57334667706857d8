import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the API does with a request: answers with a status, never answers, or closes the connection. */
export type Behaviour = number | "hangs" | "closes" | "sends headers only";

/** An API whose paths behave as a test says. */
export class FakeApi {
  readonly requests: { method: string; path: string; body: string }[] = [];
  private readonly server: Server;

  private constructor(readonly behaviours: Record<string, Behaviour>) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(behaviours: Record<string, Behaviour>): Promise<FakeApi> {
    const api = new FakeApi(behaviours);
    api.server.listen(0, "127.0.0.1");
    await once(api.server, "listening");
    return api;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    let body = "";
    for await (const part of request) body += String(part);
    this.requests.push({ method: request.method ?? "", path, body });
    const behaviour = this.behaviours[path] ?? 404;
    if (behaviour === "closes") request.socket.destroy();
    else if (behaviour === "sends headers only") response.writeHead(200).write("{");
    else if (behaviour !== "hangs") response.writeHead(behaviour, { location: "/login" }).end("{}");
  }
}
