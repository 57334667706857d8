import { expect } from "chai";
import { Secret } from "../../../components/alerts/notifier/channels/secret";
import { parseBotToken } from "../../../components/alerts/notifier/channels/slack-bot";
import { parseWebhook } from "../../../components/alerts/notifier/channels/slack-webhook";

const local = "http://127.0.0.1:4566";

describe("secrets for Slack", () => {
  it("are read once in five minutes, and again after a refusal", async () => {
    let [reads, now] = [0, 0];
    const secret = new Secret(
      () => Promise.resolve(String((reads += 1))),
      (text) => text,
      () => now,
    );
    expect([await secret.value(), await secret.value()]).to.deep.equal(["1", "1"]);
    now += 5 * 60_000 + 1;
    expect(await secret.value()).to.equal("2");
    secret.forget();
    expect(await secret.value()).to.equal("3");
  });

  it("have a webhook on https, or on this machine if the cloud itself runs on it", () => {
    expect(parseWebhook("https://hooks.slack.com/services/x", undefined).protocol).to.equal(
      "https:",
    );
    expect(parseWebhook("http://127.0.0.1:9/x", local).port).to.equal("9");
    for (const [url, cloud] of [
      ["http://hooks.slack.com/x", undefined],
      ["http://hooks.slack.com/x", local],
      ["http://127.0.0.1:9/x", undefined],
      ["http://127.0.0.1:9/x", "https://sqs.ap-northeast-1.amazonaws.com"],
      ["http://127.0.0.1.example.com/x", local],
      ["not a url", local],
      ["", local],
    ] as const) {
      expect(() => parseWebhook(url, cloud), url).to.throw("does not contain an https URL");
    }
  });

  it("have a token, with Slack's address or another", () => {
    expect(parseBotToken(" xoxb-1-a\n", undefined)).to.deep.equal({
      token: "xoxb-1-a",
      apiUrl: "https://slack.com/api/",
    });
    const government = { token: "xoxb-1", apiUrl: "https://slack-gov.com/api/" };
    expect(parseBotToken(JSON.stringify(government), undefined)).to.deep.equal(government);
    for (const text of ["", "abc", "https://hooks.slack.com/x", "{", '{"token":"secret"}']) {
      const read = () => parseBotToken(text, undefined);
      expect(read, text)
        .to.throw("does not contain one")
        .and.property("message")
        .not.include("secret");
    }
    const plain = JSON.stringify({ token: "xoxb-1", apiUrl: "http://127.0.0.1:9/api/" });
    expect(() => parseBotToken(plain, undefined)).to.throw("not an https URL");
    expect(parseBotToken(plain, local).token).to.equal("xoxb-1");
  });
});
