import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface SlackEndpoint {
  /** URL of the incoming webhook. */
  webhookUrl: string;
  /** The received bodies, oldest first. */
  received: unknown[];
  close(): Promise<void>;
}

/** A server that replaces Slack: it accepts posts and answers like an incoming webhook. */
export async function startSlackEndpoint(): Promise<SlackEndpoint> {
  const received: unknown[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push(JSON.parse(body));
      response.end("ok");
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
