import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A message that a bot posted, as the channel has it now. */
export interface SlackPost {
  channel: string;
  ts: string;
  text: string;
  blocks: unknown[];
  /** The message that it answers. */
  threadTs?: string;
  /** Whether an answer is shown in the channel too. */
  everybody: boolean;
  /** How often it was changed. */
  changes: number;
}

export interface SlackEndpoint {
  /** URL of the incoming webhook. */
  webhookUrl: string;
  /** What the parameter with the bot's token contains. */
  botToken: string;
  /** The received messages, by webhook or by bot, oldest first. */
  received: { text: string; blocks: unknown[] }[];
  /** The messages of the bot. */
  posts: SlackPost[];
  close(): Promise<void>;
}

/** What it answers in place of its usual answer. `error`: of the Web API, whose status is 200 also then. */
export interface SlackAnswer {
  status?: number;
  headers?: Record<string, string>;
  error?: string;
  hang?: true;
}

const token = "xoxb-rehearsal";
const channelId = "C0REHEARSAL";

/** A server that replaces Slack: it gives the answers in order, and then answers like an incoming webhook and like the Web
 *  API's chat.postMessage and chat.update. */
export async function startSlackEndpoint(answers: SlackAnswer[] = []): Promise<SlackEndpoint> {
  const received: SlackEndpoint["received"] = [];
  const posts: SlackPost[] = [];

  const webApi = (method: string, form: URLSearchParams, authorization?: string): object => {
    const refused = (error: string) => ({ ok: false, error });
    if (authorization !== `Bearer ${token}`) return refused("invalid_auth");
    const message = {
      text: form.get("text") ?? "",
      blocks: JSON.parse(form.get("blocks") ?? "[]") as unknown[],
    };
    if (method === "chat.update") {
      // Slack wants the channel's id here; its name is not enough.
      if (form.get("channel") !== channelId) return refused("channel_not_found");
      const post = posts.find(({ ts }) => ts === form.get("ts"));
      if (post === undefined) return refused("message_not_found");
      Object.assign(post, message, { changes: post.changes + 1 });
      return { ok: true, channel: channelId, ts: post.ts };
    }
    if (method !== "chat.postMessage") return refused("unknown_method");
    const threadTs = form.get("thread_ts") ?? undefined;
    if (threadTs !== undefined && !posts.some(({ ts }) => ts === threadTs)) {
      return refused("thread_not_found");
    }
    const ts = `1700000000.${String(received.length + 1).padStart(6, "0")}`;
    const everybody = threadTs === undefined || form.get("reply_broadcast") === "true";
    received.push(message);
    posts.push({ channel: channelId, ts, ...message, threadTs, everybody, changes: 0 });
    return { ok: true, channel: channelId, ts };
  };

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const [, method] = /^\/api\/([\w.]+)$/.exec(request.url ?? "") ?? [];
      const { status = 200, headers = {}, error, hang } = answers.shift() ?? {};
      if (hang) return;
      const json = { ...headers, "content-type": "application/json" };
      if (method === undefined) {
        received.push(JSON.parse(body) as SlackEndpoint["received"][number]);
        response.writeHead(status, headers).end(status === 200 ? "ok" : "no");
      } else if (error !== undefined) {
        response.writeHead(200, json).end(JSON.stringify({ ok: false, error }));
      } else if (status !== 200) {
        response.writeHead(status, headers).end("no");
      } else {
        const answer = webApi(method, new URLSearchParams(body), request.headers.authorization);
        response.writeHead(200, json).end(JSON.stringify(answer));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    webhookUrl: `${address}/services/T000/B000/rehearsal`,
    botToken: JSON.stringify({ token, apiUrl: `${address}/api/` }),
    received,
    posts,
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
