import { expect } from "chai";
import {
  apiVariables,
  queueFunctionVariables,
  readVariables,
} from "../../../worker/lambda/environment";

const schema = queueFunctionVariables.extend(apiVariables.shape);

describe("the environment of a function", () => {
  it("is read, with numbers as numbers", () => {
    const read = readVariables(schema, {
      WORKER: "asr",
      STATE_TABLE: "state",
      METRICS_NAMESPACE: "WatchMe/Worker",
      MAX_RECEIVE_COUNT: "3",
      API_URL: "https://api.example.com/asr",
      API_TIMEOUT_SECONDS: "50",
      OTHER: "ignored",
    });
    expect(read).to.deep.equal({
      WORKER: "asr",
      STATE_TABLE: "state",
      METRICS_NAMESPACE: "WatchMe/Worker",
      MAX_RECEIVE_COUNT: 3,
      BACK_OFF_SECONDS: 30,
      API_URL: "https://api.example.com/asr",
      API_TIMEOUT_SECONDS: 50,
    });
  });

  it("is refused with all of its faults at once", () => {
    expect(() =>
      readVariables(schema, {
        WORKER: "asr",
        STATE_TABLE: "state",
        MAX_RECEIVE_COUNT: "three",
        API_URL: "ftp://api.example.com",
        API_TIMEOUT_SECONDS: "100",
      }),
    ).to.throw(
      [
        "Invalid environment of the function:",
        "  - METRICS_NAMESPACE is not set; for example METRICS_NAMESPACE=WatchMe/Worker",
        '  - MAX_RECEIVE_COUNT is "three": must be a whole number; for example MAX_RECEIVE_COUNT=3',
        '  - API_URL is "ftp://api.example.com": Invalid URL; for example API_URL=https://api.example.com/vibe-transcriber',
        '  - API_TIMEOUT_SECONDS is "100": Too big: expected number to be <=95; for example API_TIMEOUT_SECONDS=50',
      ].join("\n"),
    );
  });
});
