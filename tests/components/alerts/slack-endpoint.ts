import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SlackEndpoint {
  url: string;
  received: { text: string; blocks: unknown[] }[];
  close(): Promise<void>;
}

/** An HTTP server that replaces Slack. It gives the answers in order, then "ok". */
export async function slackEndpoint(
  answers: { status: number; headers?: Record<string, string> }[] = [],
): Promise<SlackEndpoint> {
  const received: SlackEndpoint["received"] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push(JSON.parse(Buffer.concat(chunks).toString()) as SlackEndpoint["received"][0]);
      const { status, headers = {} } = answers.shift() ?? { status: 200 };
      response.writeHead(status, headers).end(status === 200 ? "ok" : "no");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/services/T/B/secret`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
