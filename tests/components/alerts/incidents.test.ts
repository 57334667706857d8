import { expect } from "chai";
import fc from "fast-check";
import { snsEvent, Stage } from "./notifier-stage";

describe("incidents", () => {
  let stage: Stage;
  const start = async (options?: Parameters<typeof Stage.create>[0]) => {
    stage = await Stage.create(options);
  };
  afterEach(() => stage.close());

  const ten = Array.from({ length: 10 }, (_, index) => `shop-part${index}-stalled`);

  it("is one thread for ten alarms at the same moment, in any order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(ten, { minLength: 10 }), async (names) => {
        await start({ table: true });
        // Ten calls of the function run at once.
        await Promise.all(names.map((name) => stage.notifier()(stage.fire(name))));
        expect(stage.shown).to.have.length(1);
        expect(stage.shown[0]).to.match(/^🔴 CRITICAL: shop-part\d-stalled$/);
        await stage.minutes(3);
        expect(stage.shown).to.have.length(1);
        expect(stage.answers).to.deep.equal(["🔴 9 more alarms, 10 in all: shop dev: 9 alarms"]);
        const [first, answer] = stage.slack.posts;
        for (const name of names) expect(`${first?.text}${answer?.text}`).to.include(name);
        // The first message says how it stands now.
        expect(first?.text).to.match(/^🔴 CRITICAL: shop dev: 10 alarms\n/);
        await stage.close();
      }),
      { numRuns: 2 },
    );
    await start();
  });

  it("is two messages and two e-mails for them where there are no threads", async () => {
    await start({ by: "webhook", table: true });
    await Promise.all(ten.map((name) => stage.notifier()(stage.fire(name))));
    await stage.minutes(10);
    expect(stage.shown).to.have.length(2);
    expect(stage.shown[1]).to.equal("🔴 9 more alarms, 10 in all: shop dev: 9 alarms");
    expect(stage.mails.map(({ subject }) => subject)).to.deep.equal(stage.shown);
    await stage.ended(...ten);
    await stage.minutes(10);
    expect(stage.shown.slice(2)).to.deep.equal(["✅ Recovered: shop dev: 10 alarms"]);
  });

  for (const by of ["bot", "webhook"] as const) {
    it(`is one message for an alarm that goes on and off 20 times, and one for its end (${by})`, async () => {
      await start({ by });
      for (let time = 0; time < 20; time += 1) {
        await stage.fired("shop-api-critical");
        await stage.minutes(2);
        await stage.ended("shop-api-critical");
        await stage.minutes(2);
      }
      expect(stage.slack.received).to.have.length(1);
      expect(stage.mails).to.have.length(1);
      if (by === "bot") expect(stage.slack.posts[0]?.text).to.include("Started: 20 times");
      await stage.minutes(5);
      expect(stage.slack.received).to.have.length(2);
      expect(stage.slack.received[1]?.text).to.equal(
        "✅ Recovered: shop-api-critical\nIt lasted 1 h.\n\nRecovered: shop-api-critical (20×)",
      );
    });
  }

  it("begins again in the same thread, seen by everybody, and ends later each time", async () => {
    await start();
    await stage.fired("shop-api-critical");
    await stage.ended("shop-api-critical");
    await stage.minutes(6);
    expect(stage.answers).to.deep.equal(["✅ Recovered: shop-api-critical"]);
    await stage.fired("shop-api-critical");
    expect(stage.answers[1]).to.equal("🔁 Again: 🔴 CRITICAL: shop-api-critical");
    expect(stage.shown).to.have.length(2);
    await stage.ended("shop-api-critical");
    await stage.minutes(6);
    expect(stage.answers).to.have.length(2);
    await stage.minutes(6);
    expect(stage.answers).to.have.length(3);
    expect(new Set(stage.slack.posts.slice(1).map(({ threadTs }) => threadTs)).size).to.equal(1);
  });

  it("is another one for an alarm that fires long after the others", async () => {
    await start();
    await stage.fired("shop-queue-stalled");
    await stage.minutes(10);
    await stage.fired("shop-api-stalled");
    await stage.minutes(10);
    await stage.fired("shop-probe-stalled");
    await stage.minutes(31);
    expect(stage.shown).to.have.length(1);
    await stage.fired("shop-database-stalled");
    expect(stage.shown[1]).to.equal("🔴 CRITICAL: shop-database-stalled");
  });

  it("shows a critical alarm to everybody that joins an incident of which nothing was shown for long", async () => {
    await start();
    await stage.fired("shop-a-stalled");
    await stage.minutes(25);
    await stage.fired("shop-b-stalled");
    await stage.minutes(25);
    await stage.fired("shop-c-stalled");
    await stage.minutes(3);
    expect(stage.shown.slice(1)).to.deep.equal(["🔴 1 more alarm, 3 in all: shop-c-stalled"]);
  });

  it("is told at once, and to everybody, that a warning became critical; and that it is no longer", async () => {
    await start();
    await stage.fired("shop-queue-depth-warning");
    await stage.fired("shop-api-stalled");
    expect(stage.shown).to.deep.equal([
      "🟡 Warning: shop-queue-depth-warning",
      "🔴 CRITICAL: shop dev: 2 alarms",
    ]);
    await stage.ended("shop-api-stalled");
    await stage.minutes(6);
    expect(stage.answers[1]).to.equal(
      "🟡 No longer critical, still a warning: shop-queue-depth-warning",
    );
    // Addresses for critical alarms hear of the critical alarm only.
    expect(stage.mails.map(({ severity, subject }) => [severity, subject])).to.deep.equal([
      ["warning", "🟡 Warning: shop-queue-depth-warning"],
      ["critical", "🔴 CRITICAL: shop-api-stalled"],
      ["critical", "✅ Recovered: shop-api-stalled"],
    ]);
  });

  it("comes again after the configured time while it lasts", async () => {
    await start();
    await stage.fired("shop-api-stalled");
    await stage.minutes(59, { repeatAfterMinutes: 60 });
    expect(stage.shown).to.have.length(1);
    await stage.minutes(62, { repeatAfterMinutes: 60 });
    expect(stage.shown.slice(1)).to.deep.equal([
      "⏰ Still on after 1 h: 🔴 CRITICAL: shop-api-stalled",
      "⏰ Still on after 2 h: 🔴 CRITICAL: shop-api-stalled",
    ]);
    expect(stage.mails).to.have.length(3);
  });

  it("says that there are more dead letters, but not for each one", async () => {
    await start();
    const name = "shop-files-dlq-depth-warning";
    await stage.notifier()(stage.fire(name, 1));
    await stage.minutes(60);
    expect(stage.answers).to.deep.equal([]);
    stage.alarms.current.set(name, 2);
    await stage.minutes(1);
    expect(stage.slack.posts[1]?.text).to.match(
      /^📈 More dead letters\nshop-files-dlq-depth-warning: 1 → 2\n/,
    );
    stage.alarms.current.set(name, 5);
    await stage.minutes(14);
    expect(stage.answers).to.have.length(1);
    await stage.minutes(1);
    expect(stage.slack.posts[2]?.text).to.include("2 → 5");
    // Some were redriven, and one failed again.
    stage.alarms.current.set(name, 3);
    await stage.minutes(15);
    stage.alarms.current.set(name, 4);
    await stage.minutes(1);
    expect(stage.slack.posts[3]?.text).to.include("3 → 4");
    expect(stage.shown).to.have.length(1);
  });

  describe("a warning whose measure has a critical alarm too", () => {
    const [warning, critical] = ["shop-files-dlq-depth-warning", "shop-files-dlq-depth-critical"];
    const knowCritical = () => {
      stage.fire(critical, 1);
      stage.end(critical);
    };

    it("is not told while the critical alarm is on", async () => {
      await start();
      await stage.fired(critical, warning);
      await stage.minutes(5);
      expect(stage.slack.received).to.have.length(1);
      await stage.ended(critical, warning);
      await stage.minutes(6);
      expect(stage.answers).to.deep.equal([`✅ Recovered: ${critical}`]);
      expect(stage.mails.map(({ severity }) => severity)).to.deep.equal(["critical", "critical"]);
    });

    it("waits for the critical alarm if its value is past the critical threshold", async () => {
      await start();
      knowCritical();
      await stage.notifier()(stage.fire(warning, 51));
      expect(stage.shown).to.deep.equal([]);
      await stage.fired(critical);
      await stage.minutes(5);
      expect(stage.shown).to.deep.equal([`🔴 CRITICAL: ${critical}`]);
    });

    it("is told after two minutes if the critical alarm does not fire", async () => {
      await start();
      knowCritical();
      await stage.notifier()(stage.fire(warning, 51));
      await stage.minutes(1);
      expect(stage.shown).to.deep.equal([]);
      await stage.minutes(1);
      expect(stage.shown).to.deep.equal([`🟡 Warning: ${warning}`]);
    });

    it("is told at once if its value is between the thresholds", async () => {
      await start();
      knowCritical();
      await stage.notifier()(stage.fire(warning, 50));
      expect(stage.shown).to.deep.equal([`🟡 Warning: ${warning}`]);
    });

    it("is told at once if the critical alarm does not exist or cannot be read", async () => {
      for (const named of [() => Promise.resolve([]), () => Promise.reject(new Error("denied"))]) {
        await start();
        const alarms = Object.assign(Object.create(stage.alarms) as Stage["alarms"], { named });
        await stage.notifier({ alarms })(stage.fire(warning, 51));
        expect(stage.shown).to.have.length(1);
        await stage.close();
      }
      await start();
    });

    it("is told when the critical alarm ends and the warning stays", async () => {
      await start();
      await stage.fired(warning, critical);
      await stage.ended(critical);
      await stage.minutes(6);
      expect(stage.answers.at(-1)).to.equal(`🟡 No longer critical, still a warning: ${warning}`);
    });
  });

  describe("notices", () => {
    it("are told once, however often and in whatever order they come", async () => {
      await start({ table: true });
      const [on, off] = [stage.fire("shop-api-stalled"), stage.end("shop-api-stalled")];
      await Promise.all([1, 2, 3].map(() => stage.notifier()(on)));
      await stage.notifier()(off);
      await stage.notifier()(on);
      await stage.minutes(6);
      await stage.notifier()(on);
      await stage.notifier()(off);
      expect(stage.slack.received).to.have.length(2);
      expect(stage.slack.posts[0]?.text).to.match(/^✅ Recovered: shop-api-stalled\n/);
    });

    it("of the end of an alarm that nobody knows are told", async () => {
      await start();
      await stage.ended("shop-api-stalled");
      expect(stage.shown).to.deep.equal(["✅ Recovered: shop-api-stalled"]);
      await stage.minutes(70);
      expect(stage.slack.received).to.have.length(1);
    });

    it("of the first OK of a new alarm are not told", async () => {
      await start();
      const first = stage.end("shop-api-stalled");
      const { Sns } = first.Records[0]!;
      Sns.Message = Sns.Message.replace(
        '"OldStateValue":"ALARM"',
        '"OldStateValue":"INSUFFICIENT_DATA"',
      );
      await stage.notifier()(first);
      expect(stage.slack.received).to.deep.equal([]);
    });

    it("that were lost are told by the next calls of the schedule", async () => {
      await start();
      stage.fire("shop-api-stalled");
      await stage.minutes(2);
      expect(stage.shown).to.deep.equal(["🔴 CRITICAL: shop-api-stalled"]);
      stage.end("shop-api-stalled");
      await stage.minutes(8);
      expect(stage.answers).to.deep.equal(["✅ Recovered: shop-api-stalled"]);
    });

    it("that an alarm was deleted end it", async () => {
      await start();
      await stage.fired("shop-api-stalled");
      stage.alarms.known.clear();
      await stage.minutes(8);
      expect(stage.answers).to.deep.equal(["✅ Recovered: shop-api-stalled"]);
    });

    it("of the notifier's own alarms, which send e-mails themselves, are told to Slack", async () => {
      await start();
      stage.fire("shop-slack-notifier-notices-lost");
      const own = stage.alarms.known.get("shop-slack-notifier-notices-lost");
      stage.alarms.known.set(own!.name, { ...own!, direct: true });
      await stage.minutes(2);
      expect(stage.shown).to.deep.equal(["🔴 CRITICAL: shop-slack-notifier-notices-lost"]);
      expect(stage.mails).to.deep.equal([]);
    });

    it("that are no alarms are sent unchanged, to Slack and by e-mail", async () => {
      await start();
      await stage.notifier()(snsEvent("Release <2> begins", "critical", "file-search"));
      expect(stage.slack.received[0]?.text).to.equal("file-search\nRelease &lt;2&gt; begins");
      expect(stage.mails).to.deep.equal([
        { severity: "critical", subject: "file-search", text: "file-search\nRelease <2> begins" },
      ]);
    });
  });

  it("is forgotten an hour after its end", async () => {
    await start();
    await stage.fired("shop-api-stalled");
    await stage.ended("shop-api-stalled");
    await stage.minutes(62);
    const { incidents } = await stage.board().change((board) => ({ board, result: board }));
    expect(incidents).to.deep.equal([]);
  });
});
