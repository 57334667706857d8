import { expect } from "chai";
import { workPath } from "../../../contracts/api-probe";
import { featureResultSchemas, features, type ApiRequest } from "../../../contracts/watchme";
import { FakeApi } from "../../../rehearsal/watchme/fake-api";
import { featureResult } from "../../../rehearsal/watchme/feature-result";
import { eventually } from "../../support/eventually";
import { DatabaseStage } from "../../worker/watchme/database-stage";

const id = "device-1/2026-11-28/08-30-00";
const work: ApiRequest = {
  recording_id: id,
  device_id: "device-1",
  recorded_at: "2026-11-28T08:30:00",
  bucket: "watchme-vault",
  key: `files/${id}/audio.wav`,
};

describe("an API of the rehearsal", () => {
  const apis: FakeApi[] = [];
  afterEach(() => Promise.all(apis.splice(0).map((api) => api.stop())));
  const start = async (options: Partial<Parameters<typeof FakeApi.start>[0]> = {}) => {
    const api = await FakeApi.start({ feature: "sed", workMs: 0, ...options });
    apis.push(api);
    return api;
  };
  const post = (api: FakeApi, body: string, key = "key-1") =>
    fetch(api.url + workPath, { method: "POST", body, headers: { "idempotency-key": key } });
  const health = (api: FakeApi) =>
    fetch(`${api.url}/health`, { signal: AbortSignal.timeout(300) }).then(
      ({ status }) => status,
      () => "none",
    );

  it("does each piece of work once and writes its result into the database", async () => {
    const stage = await DatabaseStage.create();
    await stage.query(() => Promise.resolve());
    const api = await start({ databaseUrl: stage.databaseUrl });
    for (let n = 0; n < 2; n += 1) {
      expect((await post(api, JSON.stringify(work))).status).to.equal(202);
    }
    expect(api.repeated).to.equal(1);
    await api.idle();
    const rows = await stage.query((database) =>
      database.selectFrom("features").selectAll().execute(),
    );
    expect(rows).to.have.length(1);
    expect(rows[0]?.result).to.deep.equal(featureResult("sed", id));
    await stage.destroy();
  });

  it("refuses a request without work, which a probe sends", async () => {
    const api = await start();
    expect((await post(api, "")).status).to.equal(422);
    expect((await post(api, "{}")).status).to.equal(422);
    expect(api.accepted.size).to.equal(0);
  });

  it("can fail single requests, by their work and the attempt", async () => {
    const api = await start();
    api.faultOf = ({ device_id: device }, attempt) =>
      device === "device-1" && attempt === 1 ? "429" : "none";
    const other = { ...work, device_id: "device-2" };
    const statuses: number[] = [];
    for (const [body, key] of [
      [work, "key-1"],
      [other, "key-2"],
      [work, "key-1"],
    ] as const) {
      statuses.push((await post(api, JSON.stringify(body), key)).status);
    }
    expect(statuses).to.deep.equal([429, 202, 202]);
    expect([...api.accepted.keys()]).to.deep.equal(["key-2", "key-1"]);
  });

  it("can hang on /health alone, or on everything until it is restarted", async () => {
    const api = await start();
    expect(await health(api)).to.equal(200);
    api.fault = "health hangs";
    expect(await health(api)).to.equal("none");
    expect((await post(api, JSON.stringify(work))).status).to.equal(202);

    api.fault = "hangs";
    expect(await health(api)).to.equal("none");
    const hanging = post(api, JSON.stringify(work)).catch(() => "ended");
    const before = api.attempts;
    await eventually("it is asked", () => api.attempts > before);
    api.restart();
    expect(await hanging).to.equal("ended");
    expect(await health(api)).to.equal(200);
  });

  it("finds out the same about the same recording, in the agreed form", () => {
    for (const feature of features) {
      const results = Array.from({ length: 50 }, (_, n) => featureResult(feature, `${id}/${n}`));
      results.forEach((result) => featureResultSchemas[feature].parse(result));
      expect(featureResult(feature, `${id}/7`)).to.deep.equal(results[7]);
    }
  });
});
