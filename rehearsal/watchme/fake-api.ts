import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "pg";
import { acceptedStatus, workPath } from "../../contracts/api-probe";
import { jsonIn } from "../../contracts/json-in";
import { apiRequestSchema, type ApiRequest, type Feature } from "../../contracts/watchme";
import { featureResult } from "./feature-result";

/** What is wrong with the API. It can be changed at any time and applies to requests that come afterwards. */
export type ApiFault =
  | "none"
  /** As in the incident: work is accepted, but `/health` never answers. */
  | "health hangs"
  | "hangs"
  /** Work is accepted, and the answer comes `lateMs` later. */
  | "late"
  /** The connection is closed without an answer. */
  | "closes"
  | "500"
  | "429"
  /** Work is accepted, with another status than the agreed one. */
  | "200"
  /** The proxy answers in place of the API: with a page, or with the way to one. */
  | "html"
  | "html 404"
  | "redirects";

export interface FakeApiOptions {
  feature: Feature;
  /** Results are written there. Not set: the API accepts work and does none. */
  databaseUrl?: string;
  /** From accepting work to its result. Default 200. */
  workMs?: number;
  /** Of the fault "late". Default 1,000. */
  lateMs?: number;
  /** Default: any that is free. */
  port?: number;
}

/** How long it waits before it tries to write a result again. */
const retryMs = 500;

const page = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>";

/** Plays one of the three APIs of WatchMe. It accepts work, does each piece once (by its Idempotency-Key), and writes its
 *  result into PostgreSQL a little later. */
export class FakeApi {
  fault: ApiFault = "none";
  /** Faults of single requests, besides `fault`: by the work, and by how often it was asked for, 1 being the first time. */
  faultOf: (work: ApiRequest, attempt: number) => "none" | "closes" | "500" | "429" = () => "none";
  /** Requests to the work path with a readable body, also those that were not accepted. */
  attempts = 0;
  /** The accepted work by its key. */
  readonly accepted = new Map<string, ApiRequest>();
  /** How many requests had a key that was accepted before. */
  repeated = 0;
  private readonly attemptsOf = new Map<string, number>();
  private readonly working = new Set<Promise<void>>();
  private readonly stopped = new AbortController();

  private constructor(
    private readonly options: FakeApiOptions,
    private readonly server: Server,
    private readonly pool: Pool | undefined,
  ) {
    server.on("request", (request, response) => void this.serve(request, response));
  }

  static async start(options: FakeApiOptions): Promise<FakeApi> {
    const { databaseUrl: connectionString } = options;
    const pool =
      connectionString === undefined ? undefined : new Pool({ connectionString, max: 2 });
    pool?.on("error", () => undefined);
    const server = createServer();
    const api = new FakeApi(options, server, pool);
    server.listen(options.port ?? 0, "127.0.0.1");
    await once(server, "listening");
    return api;
  }

  /** Without a path. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What the restart of its container does: open connections end, and the fault is gone. Accepted work is not lost. */
  restart(): void {
    this.server.closeAllConnections();
    this.fault = "none";
  }

  /** Resolves when the results of all work that was accepted are written. */
  async idle(): Promise<void> {
    while (this.working.size > 0) await Promise.all(this.working);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
    await Promise.all(this.working);
    await this.pool?.end();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url: path } = request;
    const body = await text(request).catch(() => "");
    if (method === "POST" && path === workPath) await this.takeWork(request, body, response);
    else if (method === "GET" && path === "/health") this.answerHealth(response);
    else answer(response, 404, { detail: "Not Found" });
  }

  private answerHealth(response: ServerResponse): void {
    if (this.fault === "health hangs" || isStopped(this.fault, response)) return;
    answer(response, 200, { status: "healthy" });
  }

  private async takeWork(
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const value = jsonIn(body);
    if (body !== "" && value !== undefined) this.attempts += 1;
    if (isStopped(this.fault, response)) return;
    const parsed = apiRequestSchema.safeParse(value);
    if (!parsed.success) {
      answer(response, 422, { detail: parsed.error.issues });
      return;
    }
    const key = String(request.headers["idempotency-key"] ?? parsed.data.recording_id);
    const attempt = (this.attemptsOf.get(key) ?? 0) + 1;
    this.attemptsOf.set(key, attempt);
    if (isStopped(this.faultOf(parsed.data, attempt), response)) return;
    this.accept(key, parsed.data);
    if (this.fault === "late") {
      await delay(this.options.lateMs ?? 1000, undefined, { signal: this.stopped.signal }).catch(
        () => undefined,
      );
    }
    answer(response, this.fault === "200" ? 200 : acceptedStatus, { status: "accepted" });
  }

  private accept(key: string, work: ApiRequest): void {
    if (this.accepted.has(key)) {
      this.repeated += 1;
      return;
    }
    this.accepted.set(key, work);
    if (this.pool === undefined) return;
    const done = this.work(work, this.pool).finally(() => this.working.delete(done));
    this.working.add(done);
  }

  private async work({ recording_id: id }: ApiRequest, pool: Pool): Promise<void> {
    const { feature, workMs = 200 } = this.options;
    const { signal } = this.stopped;
    const result = JSON.stringify(featureResult(feature, id));
    await delay(workMs, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      try {
        await pool.query(
          `insert into features (recording_id, feature, result) values ($1, $2, $3)
           on conflict (recording_id, feature)
           do update set result = excluded.result, completed_at = now()`,
          [id, feature, result],
        );
        return;
      } catch {
        // The database restarts, or its tables come with the first upload.
        await delay(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Whether a fault answered the request, or keeps it from an answer. */
function isStopped(fault: ApiFault, response: ServerResponse): boolean {
  switch (fault) {
    case "hangs":
      return true;
    case "closes":
      response.destroy();
      return true;
    case "500":
      answer(response, 500, { detail: "Internal Server Error" });
      return true;
    case "429":
      answer(response, 429, { detail: "Too Many Requests" });
      return true;
    case "html":
    case "html 404":
      response.writeHead(fault === "html" ? 200 : 404, { "content-type": "text/html" }).end(page);
      return true;
    case "redirects":
      response.writeHead(302, { location: "https://www.example.com/login" }).end();
      return true;
    default:
      return false;
  }
}
