import { expect } from "chai";
import type { Channel } from "../../../components/alerts/notifier/channels/channel";
import { snsEvent, Stage } from "./notifier-stage";

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("the notifier, when something fails", () => {
  let stage: Stage;
  const start = async (options?: Parameters<typeof Stage.create>[0]) => {
    stage = await Stage.create(options);
  };
  afterEach(() => stage.close());
  const errorOf = (call: Promise<void>) =>
    call.then(
      () => "",
      (error: unknown) => String(error),
    );

  for (const by of ["bot", "webhook"] as const) {
    describe(`Slack by ${by}`, () => {
      it("tries again after a failure, and waits as long as Slack asks", async () => {
        await start({
          by,
          answers: [{ status: 500 }, { status: 429, headers: { "retry-after": "3" } }],
        });
        await stage.fired("shop-api-stalled");
        expect(stage.shown.at(-1)).to.equal("🔴 CRITICAL: shop-api-stalled");
        expect(stage.pauses).to.deep.equal([500, 3000]);
      });

      it("does not wait longer than a call may take", async () => {
        await start({ by, answers: [{ status: 429, headers: { "retry-after": "3600" } }] });
        await stage.fired("shop-api-stalled");
        expect(stage.pauses).to.deep.equal([10_000]);
      });

      for (const [what, answer] of [
        ["answers 503", { status: 503 }],
        ["hangs", { hang: true as const }],
      ] as const) {
        it(`fails the call if Slack ${what}, sends the e-mail anyway, and sends it later once`, async () => {
          await start({ by, answers: times(4, answer), attemptMs: 100 });
          const notice = stage.fire("shop-api-stalled");
          const error = await errorOf(stage.notifier()(notice));
          expect(error).to.include("Slack did not accept the message");
          expect(error).not.to.include("/services/").and.not.to.include("xoxb");
          expect(stage.mails).to.have.length(1);
          stage.slack.received.length = 0;
          await stage.minutes(1);
          expect(stage.shown).to.deep.equal(["🔴 CRITICAL: shop-api-stalled"]);
          // Lambda's own attempts come too.
          await stage.notifier()(notice);
          await stage.minutes(1);
          expect(stage.slack.received).to.have.length(1);
          expect(stage.mails).to.have.length(1);
        });
      }

      it("says what was on and over while Slack could not be reached", async () => {
        await start({ by, answers: times(8, { status: 503 }) });
        await errorOf(stage.notifier()(stage.fire("shop-api-stalled")));
        await errorOf(stage.notifier()(stage.end("shop-api-stalled")));
        stage.slack.received.length = 0;
        await stage.minutes(3);
        expect(stage.shown).to.deep.equal(["✅ Recovered: shop-api-stalled"]);
      });
    });
  }

  it("fails some calls of the schedule when Slack has not accepted anything for minutes", async () => {
    await start({ by: "webhook", answers: times(100, { status: 503 }) });
    await errorOf(stage.notifier()(stage.fire("shop-api-stalled")));
    await stage.minutes(3);
    for (let minute = 0; minute < 11; minute += 1) {
      expect(await errorOf(stage.minutes(1))).to.include("503");
    }
    await stage.minutes(5);
    expect(stage.log.filter(({ msg }) => msg === "not sent")).to.have.length(20);
  });

  it("reads the secret again when Slack refuses the known one", async () => {
    await start({ by: "bot", answers: [{ error: "token_revoked" }] });
    await stage.fired("shop-api-stalled");
    expect(stage.shown).to.have.length(1);
    expect(stage.secretReads).to.equal(2);
  });

  it("gives up at once on what does not pass", async () => {
    await start({ answers: times(2, { error: "not_in_channel" }) });
    const error = await errorOf(stage.notifier()(stage.fire("shop-api-stalled")));
    expect(error).to.include("not_in_channel");
    expect(stage.pauses).to.have.length(1);
  });

  it("begins a new thread if somebody has deleted the first", async () => {
    await start();
    await stage.fired("shop-queue-depth-warning");
    stage.slack.posts.length = 0;
    await stage.fired("shop-api-stalled");
    expect(stage.shown).to.deep.equal(["🔴 CRITICAL: shop dev: 2 alarms"]);
    await stage.minutes(1);
    await stage.ended("shop-api-stalled", "shop-queue-depth-warning");
    await stage.minutes(6);
    expect(stage.answers).to.deep.equal(["✅ Recovered: shop dev: 2 alarms"]);
  });

  /** A channel whose messages wait until the test lets them through. */
  const heldBack = (channel: Channel) => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let begun: () => void = () => undefined;
    const sending = new Promise<void>((resolve) => (begun = resolve));
    const held: Channel = {
      ...channel,
      send: async (report) => {
        begun();
        await gate;
        return channel.send(report);
      },
    };
    return { held, sending, release: () => release() };
  };

  it("sends what another call has recorded while it was sending", async () => {
    await start({ by: "webhook", table: true });
    const [slack] = stage.channels;
    const { held, sending, release } = heldBack(slack!);
    const first = stage.notifier({ channels: [held] })(stage.fire("shop-queue-depth-warning"));
    await sending;
    await stage.notifier({ channels: [slack!] })(stage.fire("shop-api-stalled"));
    expect(stage.shown).to.deep.equal([]);
    release();
    await first;
    expect(stage.shown).to.deep.equal([
      "🟡 Warning: shop-queue-depth-warning",
      "🔴 CRITICAL: shop dev: 2 alarms",
    ]);
  });

  it("sends what a call did not send that died, when its time is over", async () => {
    await start({ by: "webhook", table: true });
    const [slack] = stage.channels;
    const { held, sending } = heldBack(slack!);
    void stage.notifier({ channels: [held] })(stage.fire("shop-api-stalled"));
    await sending;
    await stage.minutes(2);
    expect(stage.shown).to.deep.equal([]);
    await stage.minutes(1);
    expect(stage.shown).to.deep.equal(["🔴 CRITICAL: shop-api-stalled"]);
  });

  it("tells every alarm that is on again when the item is lost or unreadable", async () => {
    for (const lose of [() => stage.loseItem(), () => stage.spoilItem()]) {
      await start({ table: true });
      await stage.fired("shop-api-stalled");
      await stage.minutes(2);
      await lose();
      await stage.minutes(1);
      expect(stage.shown).to.deep.equal(times(2, "🔴 CRITICAL: shop-api-stalled"));
      await stage.ended("shop-api-stalled");
      await stage.minutes(6);
      expect(stage.answers).to.deep.equal(["✅ Recovered: shop-api-stalled"]);
      await stage.close();
    }
    await start();
  });

  it("sends each notice alone when the table is lost, and fails the schedule's call", async () => {
    await start({ table: true });
    await stage.fired("shop-api-stalled");
    await stage.loseTable();
    await stage.fired("shop-queue-stalled", "shop-queue-depth-warning");
    await stage.ended("shop-api-stalled");
    expect(stage.shown).to.deep.equal([
      "🔴 CRITICAL: shop-api-stalled",
      "🔴 CRITICAL: shop-queue-stalled",
      "🟡 Warning: shop-queue-depth-warning",
      "✅ Recovered: shop-api-stalled",
    ]);
    expect(stage.mails.map(({ subject }) => subject)).to.deep.equal(stage.shown);
    expect(await errorOf(stage.notifier()({ tick: true }))).to.match(/ResourceNotFound|not found/);
  });

  it("goes on without what CloudWatch cannot tell", async () => {
    await start();
    const denied = () => Promise.reject(new Error("denied"));
    const alarms = { on: denied, named: denied, values: denied };
    await stage.notifier({ alarms })(stage.fire("shop-api-stalled"));
    expect(stage.slack.posts[0]?.text).to.include("Value: 1,234");
    await stage.ended("shop-api-stalled");
    for (let minute = 0; minute < 6; minute += 1) {
      stage.now += 60_000;
      expect(await errorOf(stage.notifier({ alarms })({ tick: true }))).to.include("denied");
    }
    expect(stage.answers).to.deep.equal(["✅ Recovered: shop-api-stalled"]);
  });

  it("fails if a message that is no alarm is not accepted", async () => {
    await start({ by: "webhook", answers: times(4, { status: 503 }) });
    expect(await errorOf(stage.notifier()(snsEvent("Release begins")))).to.include("503");
    expect(stage.mails).to.have.length(1);
  });
});
