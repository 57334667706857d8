import { expect } from "chai";
import { askApi } from "../../../components/health/ask-api";
import type { ApiProbe } from "../../../contracts/api-probe";
import { FakeApi } from "./fake-api";

describe("asking an API", () => {
  let api: FakeApi;
  before(async () => {
    api = await FakeApi.start({
      "/well": 200,
      "/refuses": 422,
      "/fails": 500,
      "/moved": 302,
      "/hangs": "hangs",
      "/closes": "closes",
      "/headers": "sends headers only",
    });
  });
  after(() => api.stop());

  const ask = (path: string, over: Partial<ApiProbe> = {}) =>
    askApi({ url: api.url(path), method: "GET", expected: [200], timeoutSeconds: 60, ...over });

  it("sends the request, and knows the expected statuses", async () => {
    const work = { method: "POST", body: "{}", expected: [422] } as const;
    expect(await ask("/refuses", { ...work, expected: [422] })).to.include({
      ok: true,
      status: 422,
    });
    expect(api.requests.at(-1)).to.deep.equal({ method: "POST", path: "/refuses", body: "{}" });
    expect(await ask("/fails")).to.include({ ok: false, status: 500 });
  });

  it("follows no redirection: a page for people is no answer of the API", async () => {
    expect(await ask("/moved")).to.include({ ok: false, status: 302 });
    expect(api.requests.at(-1)?.path).to.equal("/moved");
  });

  it("says what happened when there is no answer", async () => {
    const silent = await ask("/hangs", { timeoutSeconds: 1 });
    expect(silent).to.include({ ok: false, error: "no answer within 1 s" });
    expect(silent.milliseconds).to.be.at.least(900);
    const closed = await ask("/closes");
    expect(closed.ok).to.equal(false);
    expect(closed.error).to.not.equal("fetch failed");
    const nobody = await askApi({
      url: "http://127.0.0.1:1/",
      method: "GET",
      expected: [200],
      timeoutSeconds: 60,
    });
    expect(nobody).to.have.property("error").that.is.a("string").and.not.equal("");
  });

  it("does not wait for the end of the body", async () => {
    expect(await ask("/headers")).to.include({ ok: true, status: 200 });
  });
});
