import { expect } from "chai";
import fc from "fast-check";
import { criticalOf } from "../../../components/alerts/notifier/pair";
import { Stage } from "./notifier-stage";

const names = [
  "shop-api-stalled",
  "shop-files-dlq-depth-warning",
  "shop-files-dlq-depth-critical",
  "shop-queue-depth-warning",
  "shop-worker-stalled",
];

/** What happens, in any order. */
const events = fc.array(
  fc.oneof(
    fc.record({
      what: fc.constantFrom("fire" as const, "end" as const),
      alarm: fc.constantFrom(...names),
      /** SNS delivers a notice once, twice, later, or not at all. */
      delivery: fc.constantFrom(
        "once" as const,
        "twice" as const,
        "late" as const,
        "lost" as const,
      ),
      value: fc.integer({ min: 1, max: 99 }),
    }),
    fc.record({ what: fc.constant("minutes" as const), count: fc.integer({ min: 1, max: 45 }) }),
    fc.record({ what: fc.constant("outage" as const), requests: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ what: fc.constant("loss" as const) }),
  ),
  { maxLength: 40 },
);

type Event = (typeof events extends fc.Arbitrary<infer List> ? List : never)[number];

describe("whatever happens to alarms, notices, Slack and the board", () => {
  async function play(stage: Stage, list: readonly Event[]): Promise<void> {
    let late: Parameters<ReturnType<Stage["notifier"]>>[0][] = [];
    const deliver = (event: (typeof late)[number]) =>
      stage
        .notifier()(event)
        .catch(() => undefined);
    const isOn = (name: string) => stage.alarms.known.get(name)?.state === "ALARM";
    for (const event of list) {
      if (event.what === "minutes") {
        await stage.minutes(event.count).catch(() => undefined);
        for (const notice of late) await deliver(notice);
        late = [];
      } else if (event.what === "outage") {
        stage.answers503(event.requests);
      } else if (event.what === "loss") {
        stage.loseMemory();
      } else if (isOn(event.alarm) !== (event.what === "fire")) {
        const notice =
          event.what === "fire" ? stage.fire(event.alarm, event.value) : stage.end(event.alarm);
        if (event.delivery === "late") late.push(notice);
        if (event.delivery === "once" || event.delivery === "twice") await deliver(notice);
        if (event.delivery === "twice") await deliver(notice);
      }
    }
  }

  const onNow = (stage: Stage) => {
    const on = names.filter((name) => stage.alarms.known.get(name)?.state === "ALARM");
    return on.filter((name) => !on.includes(criticalOf(name) ?? ""));
  };

  for (const by of ["bot", "webhook"] as const) {
    it(`people know in the end what is on, and that the rest is over (${by})`, async () => {
      await fc.assert(
        fc.asyncProperty(events, async (list) => {
          const stage = await Stage.create({ by });
          try {
            await play(stage, list);
            stage.answers503(0);
            await stage.minutes(70);
            const texts = stage.slack.received.map(({ text }) => text);
            for (const text of texts) expect(text).not.to.match(/undefined|NaN|Infinity/);
            const on = onNow(stage);
            for (const name of on) expect(texts.join("\n"), name).to.include(name);
            // A lost board cannot correct the messages that it has forgotten.
            if (by === "bot" && !list.some(({ what }) => what === "loss")) {
              const first = stage.slack.posts.filter(({ threadTs }) => threadTs === undefined);
              const open = first
                .filter(({ text }) => !text.startsWith("✅"))
                .map(({ text }) => text);
              if (on.length === 0) expect(open).to.deep.equal([]);
              for (const name of on) {
                expect(
                  open.filter((text) => text.includes(name)),
                  name,
                ).to.have.length(1);
              }
            }
          } finally {
            await stage.close();
          }
        }),
        { numRuns: 25, includeErrorInReport: true },
      );
    });
  }
});
