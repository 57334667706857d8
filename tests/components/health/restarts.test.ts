import { expect } from "chai";
import { describeGaveUp } from "../../../components/health/restart/message";
import { RestartsWorld } from "./restarts-world";

describe("automatic restarts", () => {
  it("restart nothing while the work path answers", async () => {
    const world = new RestartsWorld();
    world.alarm = "OK";
    await world.pass(60);
    expect(world.sent).to.deep.equal([]);
  });

  it("restart nothing if the work path answers although the alarm is on, as when no probe reports", async () => {
    const world = new RestartsWorld();
    world.workPathAnswers = true;
    await world.pass(60);
    expect(world.sent).to.deep.equal([]);
    world.workPathAnswers = false;
    await world.call();
    expect(world.sent).to.have.length(1);
  });

  it("restart at once, then after each cooldown while the alarm stays on, and then hand over with one message", async () => {
    const world = new RestartsWorld();
    await world.call();
    await world.pass(120);
    expect(world.sent).to.deep.equal([0, 10, 20]);
    expect(world.published).to.have.length(1);
    expect(world.published[0]).to.deep.include({
      api: "behavior",
      container: "behavior-api",
      because: "3 restarts within 6 hours did not help for long",
    });
    expect(world.published[0]?.tries.map(({ outcome }) => outcome?.text)).to.deep.equal(
      Array(3).fill("Success on i-1"),
    );
  });

  it("count restarts no matter how often the API recovers in between", async () => {
    const world = new RestartsWorld();
    for (let hour = 0; hour < 5; hour += 1) {
      world.alarm = "ALARM";
      await world.pass(5);
      world.alarm = "OK";
      await world.pass(55);
    }
    expect(world.sent).to.have.length(3);
    expect(world.published).to.have.length(1);
  });

  it("begin again when the window has passed since they gave up, or when a person has deleted the item", async () => {
    const world = new RestartsWorld();
    await world.pass(60);
    expect(world.sent).to.have.length(3);
    await world.pass(5 * 60);
    expect(world.sent).to.have.length(3);
    await world.pass(60);
    expect(world.sent.length).to.be.greaterThan(3);
    const reset = new RestartsWorld();
    await reset.pass(60);
    reset.forget();
    await reset.pass(5);
    expect(reset.sent).to.have.length(4);
  });

  it("hand over at once, with the reason, when the command fails", async () => {
    const world = new RestartsWorld();
    world.outcome = { ok: false, text: "no instance with the tag Role=api is known" };
    await world.pass(60);
    expect(world.sent).to.have.length(1);
    expect(world.published.map(({ because }) => because)).to.deep.equal([world.outcome.text]);
  });

  it("hand over at once, with the reason, when the command cannot be sent", async () => {
    const world = new RestartsWorld();
    world.effect = (name) =>
      name === "send" ? Promise.reject(new Error("InvalidDocument")) : Promise.resolve();
    await world.call();
    expect(world.published[0]?.because).to.equal(
      "the command could not be sent: Error: InvalidDocument",
    );
  });

  it("wait for a command that has not ended, and hand over when it does not end", async () => {
    const world = new RestartsWorld();
    world.outcome = undefined;
    await world.pass(10);
    expect(world.published).to.deep.equal([]);
    await world.pass(10);
    expect(world.sent).to.have.length(1);
    expect(world.published[0]?.because).to.equal("the restart command has not ended");
  });

  it("publish the message later when that failed", async () => {
    const world = new RestartsWorld();
    let failures = 1;
    world.effect = (name) =>
      name === "publish" && failures-- > 0
        ? Promise.reject(new Error("throttled"))
        : Promise.resolve();
    const outcomes: unknown[] = [];
    for (let call = 0; call < 10; call += 1)
      outcomes.push(await world.pass(5).catch((error: unknown) => error));
    expect(outcomes.filter(Boolean)).to.have.length(1);
    expect(world.published).to.have.length(1);
  });

  it("fail when the alarm does not exist", async () => {
    const world = new RestartsWorld();
    world.alarm = undefined;
    const error = (await world.call().catch((reason: unknown) => reason)) as AggregateError;
    expect(String(error.errors[0])).to.include("The alarm behavior-work-path does not exist");
  });

  it("say in both languages why and what was tried", () => {
    const gaveUp = {
      api: "behavior",
      container: "behavior-api",
      because: "3 restarts within 6 hours did not help for long",
      tries: [
        {
          at: "2026-11-21T10:00:00.000Z",
          outcome: { ok: true, text: "Success on i-1: behavior-api is up" },
        },
        { at: "2026-11-21T10:10:00.000Z" },
      ],
    };
    const runbookUrl = "https://docs.example.com/runbooks/api-restart-gave-up.md";
    const { subject, text } = describeGaveUp({ language: "en", runbookUrl })(gaveUp);
    expect(subject).to.equal("🛠️ Not restarted any more: behavior");
    expect(text.split("\n")).to.deep.equal([
      "The work path of the API fails, and its container behavior-api is not restarted any more: 3 restarts within 6 hours did not help for long.",
      "Restarts:",
      "- 2026-11-21T10:00:00.000Z: Success on i-1: behavior-api is up",
      "- 2026-11-21T10:10:00.000Z: the outcome is not known",
      "Next: look at the container and its host. Its queue keeps the messages meanwhile.",
      `Runbook: ${runbookUrl}`,
    ]);
    const japanese = describeGaveUp({ language: "ja", runbookUrl })(gaveUp);
    expect(japanese.subject).to.equal("🛠️ 自動再起動を中止しました: behavior");
    expect(japanese.text).to.include("対応手順: https://");
    const long = describeGaveUp({ language: "en", runbookUrl })({
      ...gaveUp,
      api: "a".repeat(200),
    });
    expect(long.subject).to.have.length(99);
  });
});
