import { expect } from "chai";
import type { ReleaseHold } from "../../../contracts/release";
import type { FleetState, Refresh } from "../../../contracts/release-history";
import { createGuard, type Fleet } from "../../../components/fleet/release-guard/guard";
import { describeRollback, type Message } from "../../../components/fleet/release-guard/message";

const second = (n: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, n));

const alarm = (over: Record<string, unknown> = {}) => ({
  AlarmName: "shop-release-failing",
  NewStateValue: "ALARM",
  StateChangeTime: "2026-11-21T10:00:30.000+0000",
  ...over,
});
const event = (...messages: unknown[]) => ({
  Records: messages.map((message) => ({
    Sns: {
      MessageId: "m-1",
      Message: typeof message === "string" ? message : JSON.stringify(message),
    },
  })),
});

/** A group during the release of version 2. Cancelling takes as many reads as the test says. */
class GroupInRelease implements Fleet {
  readonly calls: string[] = [];
  readonly state: FleetState;
  private readonly release: Refresh = {
    status: "InProgress",
    startedAt: second(10),
    endedAt: undefined,
    desired: undefined,
  };

  constructor(private readsUntilCancelled = 2) {
    this.state = {
      createdAt: second(1),
      current: 2,
      versions: [
        { number: 1, createdAt: second(0), bundle: "a".repeat(64) },
        { number: 2, createdAt: second(9), bundle: "b".repeat(64) },
      ],
      refreshes: [this.release],
    };
  }

  readState() {
    this.calls.push("read");
    if (this.release.status === "Cancelling" && (this.readsUntilCancelled -= 1) === 0) {
      this.release.status = "Cancelled";
    }
    return Promise.resolve(structuredClone(this.state));
  }

  cancelRefresh() {
    this.calls.push("cancel");
    this.release.status = "Cancelling";
    return Promise.resolve();
  }

  startRollback(version: number) {
    this.calls.push(`roll back to ${version}`);
    this.beginRollback(version);
    return Promise.resolve(true);
  }

  beginRollback(desired: number) {
    const startedAt = second(40);
    this.state.refreshes.unshift({ status: "InProgress", startedAt, endedAt: undefined, desired });
  }
}

describe("the release guard", () => {
  let published: Message[];
  let holds: ReleaseHold;
  let log: Record<string, unknown>[];
  let pauses: number;

  const guard = (fleet: Fleet, language: "en" | "ja" = "en") => {
    published = [];
    holds = [];
    log = [];
    pauses = 0;
    return createGuard({
      fleet,
      holds: { add: (held) => Promise.resolve(void holds.push(held)) },
      alarms: ["shop-release-failing", "shop-message-delete-failed"],
      describe: describeRollback({
        group: "shop-asg",
        language,
        runbookUrl: "https://docs.example.com/runbooks/release-rolled-back.md",
      }),
      publish: (message) => Promise.resolve(void published.push(message)),
      wait: () => Promise.resolve(void (pauses += 1)),
      log: (entry) => log.push(entry),
    });
  };

  it("holds no bundle when the bundle is not what changed", async () => {
    const fleet = new GroupInRelease();
    for (const version of fleet.state.versions) version.bundle = "a".repeat(64);
    await guard(fleet)(event(alarm()));
    expect(published).to.have.length(1);
    expect(holds).to.deep.equal([]);
  });

  it("cancels the release, waits until it is cancelled, rolls back and publishes one message", async () => {
    const fleet = new GroupInRelease();
    await guard(fleet)(event(alarm()));
    expect(fleet.calls).to.deep.equal(["read", "cancel", "read", "read", "roll back to 1"]);
    expect(pauses).to.equal(2);
    expect(holds).to.deep.equal([
      {
        bundle: "b".repeat(64),
        runs: "a".repeat(64),
        since: "2026-11-21T10:00:30.000Z",
        by: "the release guard",
        reason: "shop-release-failing fired",
      },
    ]);
    expect(published).to.deep.equal([
      {
        subject: "↩️ Release rolled back: shop-asg",
        text:
          "shop-release-failing fired, so the machines are rolled back from version 2 (bundle bbbbbbbbbbbb) " +
          "to version 1 (bundle aaaaaaaaaaaa). This takes a few minutes.\n" +
          "Next: fix the bug and deploy, or deploy the previous commit. `up` refuses this bundle until its hold is lifted.\n" +
          "Runbook: https://docs.example.com/runbooks/release-rolled-back.md",
      },
    ]);
  });

  it("writes in the configured language, and limits the length of the subject", async () => {
    await guard(new GroupInRelease(), "ja")(event(alarm()));
    expect(published[0]?.subject).to.equal("↩️ リリースを差し戻しました: shop-asg");
    expect(published[0]?.text)
      .to.include("バージョン2（バンドル bbbbbbbbbbbb）からバージョン1（バンドル aaaaaaaaaaaa）へ")
      .and.include("対応手順: https://");
    const about = { group: "g".repeat(255), language: "en", runbookUrl: "" } as const;
    const [from, to] = [2, 1].map((number) => ({
      number,
      createdAt: second(0),
      bundle: undefined,
    }));
    const { subject, text } = describeRollback(about)({ from: from!, to: to!, alarm: "a" });
    expect(subject).to.have.length(99);
    expect(text).to.include("from version 2 to version 1.");
  });

  it("does nothing for other alarms, other states and other messages", async () => {
    const fleet = new GroupInRelease();
    await guard(fleet)(
      event(
        alarm({ AlarmName: "shop-dlq-depth-critical" }),
        alarm({ NewStateValue: "OK" }),
        "Release rolled back: …",
        "null",
      ),
    );
    expect(fleet.calls).to.deep.equal([]);
    expect(log.map(({ msg }) => msg)).to.deep.equal(Array(4).fill("not an alarm of this release"));
  });

  it("starts one rollback and publishes one message when two alarms fire at once", async () => {
    const fleet = new GroupInRelease();
    await guard(fleet)(event(alarm(), alarm({ AlarmName: "shop-message-delete-failed" })));
    expect(fleet.calls.filter((call) => call.startsWith("roll back"))).to.have.length(1);
    expect(published).to.have.length(1);
    expect(log.at(-1)).to.include({
      msg: "no rollback",
      because: "the last refresh was a rollback to version 1: InProgress",
    });
  });

  it("publishes nothing when another call has started the rollback", async () => {
    class Raced extends GroupInRelease {
      override startRollback(version: number) {
        this.calls.push("busy");
        this.beginRollback(version);
        return Promise.resolve(false);
      }
    }
    const fleet = new Raced();
    await guard(fleet)(event(alarm()));
    expect(fleet.calls.slice(-2)).to.deep.equal(["busy", "read"]);
    expect(published).to.deep.equal([]);
  });

  it("fails when the release cannot be cancelled in time", async () => {
    const outcome = await guard(new GroupInRelease(1000))(event(alarm())).catch(String);
    expect(outcome).to.include(
      "shop-release-failing fired, but the release could not be cancelled in time",
    );
    expect(pauses).to.equal(48);
    expect(published).to.deep.equal([]);
  });

  it("fails when its message cannot be published", async () => {
    const fleet = new GroupInRelease();
    const withoutTopic = createGuard({
      fleet,
      holds: { add: (held) => Promise.resolve(void holds.push(held)) },
      alarms: ["shop-release-failing"],
      describe: () => ({ subject: "", text: "" }),
      publish: () => Promise.reject(new Error("topic gone")),
      wait: () => Promise.resolve(),
      log: () => undefined,
    });
    expect(await withoutTopic(event(alarm())).catch(String)).to.include("topic gone");
  });
});
