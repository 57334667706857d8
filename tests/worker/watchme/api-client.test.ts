import { expect } from "chai";
import { apiRequestOf, type RecordingMessage } from "../../../contracts/watchme";
import { FakeApi, type ApiFault } from "../../../rehearsal/watchme/fake-api";
import { ApiRefusedError, ApiUnavailableError, postWork } from "../../../worker/watchme/api-client";

const recording: RecordingMessage = {
  recordingId: "device-1/2026-11-28/08-30-00",
  deviceId: "device-1",
  day: "2026-11-28",
  time: "08-30-00",
  bucket: "watchme-vault",
  key: "files/device-1/2026-11-28/08-30-00/audio.wav",
};

describe("the request to an API", () => {
  let api: FakeApi;
  before(async () => {
    api = await FakeApi.start({ feature: "asr", lateMs: 1500 });
  });
  after(() => api.stop());
  beforeEach(() => {
    api.accepted.clear();
    api.repeated = 0;
  });

  const post = ({
    fault = "none",
    timeoutMs = 20_000,
    body = apiRequestOf(recording),
    url = api.url,
  }: { fault?: ApiFault; timeoutMs?: number; body?: unknown; url?: string } = {}) => {
    api.fault = fault;
    return postWork({ url, body, idempotencyKey: "key-1", timeoutMs }).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
  };

  it("is accepted with 202", async () => {
    expect(await post()).to.equal(undefined);
    expect(await post({ url: `${api.url}/` }), "a slash at the end of the URL").to.equal(undefined);
    expect(api.accepted.get("key-1")).to.deep.equal({
      recording_id: recording.recordingId,
      device_id: "device-1",
      recorded_at: "2026-11-28T08:30:00",
      bucket: "watchme-vault",
      key: recording.key,
    });
  });

  it("has not reached a working API if anything else comes", async () => {
    const answers: Partial<Record<ApiFault, RegExp>> = {
      "500": /it answered 500, not 202: \{"detail":"Internal Server Error"\}/,
      "429": /it answered 429, not 202/,
      "200": /it answered 200, not 202/,
      html: /it answered 200 with HTML, not 202: <!DOCTYPE html>/,
      "html 404": /it answered 404 with HTML, not 202/,
      redirects: /unexpected redirect/,
      closes: /other side closed|ECONNRESET|terminated/,
    };
    for (const [fault, message] of Object.entries(answers)) {
      const error = await post({ fault: fault as ApiFault });
      expect(error, fault).to.be.instanceOf(ApiUnavailableError);
      expect(error?.message, fault).to.match(message);
      expect(error?.message).to.match(/^the API at 127\.0\.0\.1:\d+ cannot be used: /);
    }
  });

  it("has not reached an API that is not there", async () => {
    const gone = await FakeApi.start({ feature: "asr" });
    const { url } = gone;
    await gone.stop();
    const error = await post({ url });
    expect(error).to.be.instanceOf(ApiUnavailableError);
    expect(error?.message).to.include("ECONNREFUSED");
    const unknown = await post({ url: "http://api.invalid" });
    expect(unknown).to.be.instanceOf(ApiUnavailableError);
  });

  it("ends when no answer comes in time", async () => {
    const error = await post({ fault: "hangs", timeoutMs: 200 });
    expect(error).to.be.instanceOf(ApiUnavailableError).and.have.property("isSilence", true);
    expect(error?.message).to.include("no answer within 0.2 s");
  });

  it("is accepted by a late 202, and after its time a repeat is recognised by its key", async () => {
    const late = await post({ fault: "late", timeoutMs: 1000 });
    expect(late).to.be.instanceOf(ApiUnavailableError);
    expect(await post({ fault: "late" })).to.equal(undefined);
    expect(api.accepted.size).to.equal(1);
    expect(api.repeated).to.equal(1);
  });

  it("is refused with another status of 400 to 499: the message's fault", async () => {
    const error = await post({ body: {} });
    expect(error).to.be.instanceOf(ApiRefusedError);
    expect(error?.message).to.match(/^the request was refused: it answered 422, not 202: /);
    expect(error?.message).to.have.length.below(300);
  });
});
