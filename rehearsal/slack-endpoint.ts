import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface SlackEndpoint {
  /** URL of the incoming webhook. */
  webhookUrl: string;
  /** The received messages, oldest first. */
  received: { text: string; blocks: unknown[] }[];
  close(): Promise<void>;
}

/** A server that replaces Slack: it gives the answers in order, and then answers like an incoming webhook. */
export async function startSlackEndpoint(
  answers: { status: number; headers?: Record<string, string> }[] = [],
): Promise<SlackEndpoint> {
  const received: SlackEndpoint["received"] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push(JSON.parse(body) as SlackEndpoint["received"][number]);
      const { status, headers = {} } = answers.shift() ?? { status: 200 };
      response.writeHead(status, headers).end(status === 200 ? "ok" : "no");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    webhookUrl: `http://127.0.0.1:${port}/services/T000/B000/rehearsal`,
    received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The text of a message that Slack shows: that of its blocks, if there are any. */
export function readableText(message: unknown): string {
  const lines: string[] = [];
  const walk = (value: unknown, key: string): void => {
    if (typeof value === "string" && key === "text") lines.push(value);
    else if (Array.isArray(value)) value.forEach((element) => walk(element, key));
    else if (value !== null && typeof value === "object") {
      const { text, ...rest } = value as Record<string, unknown>;
      if (!("blocks" in rest || "attachments" in rest)) walk(text, "text");
      Object.entries(rest).forEach(([name, element]) => walk(element, name));
    }
  };
  walk(message, "");
  return lines.join("\n");
}
