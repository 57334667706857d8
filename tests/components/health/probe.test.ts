import { expect } from "chai";
import { askApi, type Answer } from "../../../components/health/ask-api";
import { createProbe } from "../../../components/health/probe/probe";
import type { MetricValue } from "../../../components/function/embedded-metrics";
import { FakeApi, type Behaviour } from "./fake-api";

describe("the health probe", () => {
  let api: FakeApi;
  afterEach(() => api.stop());

  async function probe(behaviours: Record<string, Behaviour>) {
    api = await FakeApi.start(behaviours);
    const reports: Record<string, Record<string, number>> = {};
    const log: Record<string, unknown>[] = [];
    // A busy machine must not fail a request that is answered.
    const timeoutSeconds = (path: string) => (behaviours[path] === "hangs" ? 1 : 60);
    const of = (health: string, work: string) => ({
      health: {
        url: api.url(health),
        method: "GET" as const,
        expected: [200],
        timeoutSeconds: timeoutSeconds(health),
      },
      workPath: {
        url: api.url(work),
        method: "POST" as const,
        body: "{}",
        expected: [422],
        timeoutSeconds: timeoutSeconds(work),
      },
    });
    await createProbe({
      apis: { behavior: of("/health", "/async-process"), emotion: of("/h2", "/a2") },
      ask: askApi,
      report: (key, metrics: MetricValue[]) => {
        reports[key] = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
      },
      log: (entry) => log.push(entry),
    })();
    return { reports, log };
  }

  it("tells a health check that hangs from a work path that hangs, as in the incident", async () => {
    const { reports, log } = await probe({
      "/health": "hangs",
      "/async-process": 422,
      "/h2": 200,
      "/a2": "hangs",
    });
    expect(reports.behavior).to.include({ Healthy: 0, WorkPathHealthy: 1 });
    expect(reports.emotion).to.include({ Healthy: 1, WorkPathHealthy: 0 });
    expect(log.map(({ msg }) => msg)).to.deep.equal(Array(2).fill("the api is not healthy"));
  });

  it("reports the latency of an answer, and none if there is no answer", async () => {
    const { reports } = await probe({
      "/health": 500,
      "/async-process": "closes",
      "/h2": 200,
      "/a2": 422,
    });
    expect(reports.behavior).to.have.all.keys("Healthy", "WorkPathHealthy", "HealthLatency");
    expect(reports.behavior).to.include({ Healthy: 0, WorkPathHealthy: 0 });
    expect(reports.emotion?.WorkPathLatency).to.be.at.least(0);
  });

  it("asks all at the same time: one that hangs delays no other", async () => {
    api = await FakeApi.start({});
    const waiting: ((answer: Answer) => void)[] = [];
    const url = api.url("/");
    const one = { url, method: "GET" as const, expected: [200], timeoutSeconds: 1 };
    // Answers none before all were asked.
    await createProbe({
      apis: { a: { health: one, workPath: one }, b: { health: one, workPath: one } },
      ask: () =>
        new Promise((resolve) => {
          waiting.push(resolve);
          if (waiting.length === 4)
            for (const answer of waiting) answer({ ok: true, status: 200, milliseconds: 1 });
        }),
      report: () => undefined,
      log: () => undefined,
    })();
    expect(waiting).to.have.length(4);
  });
});
