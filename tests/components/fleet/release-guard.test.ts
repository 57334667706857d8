import { expect } from "chai";
import type { FleetState, Refresh } from "../../../components/fleet/release-guard/fleet-state";
import { createGuard, type Fleet } from "../../../components/fleet/release-guard/guard";
import { describeTakenBack, type Message } from "../../../components/fleet/release-guard/message";

const second = (n: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, n));

const alarm = (over: Record<string, unknown> = {}) => ({
  AlarmName: "shop-error-logs-critical",
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

/** A group in the middle of the release of version 2. Cancelling takes as many looks as the test says. */
class GroupInRelease implements Fleet {
  readonly calls: string[] = [];
  readonly state: FleetState;
  private readonly release: Refresh = {
    status: "InProgress",
    startedAt: second(10),
    endedAt: undefined,
    desired: undefined,
  };

  constructor(private looksUntilCancelled = 2) {
    this.state = {
      createdAt: second(1),
      current: 2,
      versions: [
        { number: 1, createdAt: second(0), bundle: "aaaaaaaaaaaa" },
        { number: 2, createdAt: second(9), bundle: "bbbbbbbbbbbb" },
      ],
      refreshes: [this.release],
    };
  }

  look() {
    this.calls.push("look");
    if (this.release.status === "Cancelling" && (this.looksUntilCancelled -= 1) === 0) {
      this.release.status = "Cancelled";
    }
    return Promise.resolve(structuredClone(this.state));
  }

  cancelRefresh() {
    this.calls.push("cancel");
    this.release.status = "Cancelling";
    return Promise.resolve();
  }

  bringBack(version: number) {
    this.calls.push(`bring back ${version}`);
    this.beginRollback(version);
    return Promise.resolve(true);
  }

  beginRollback(desired: number) {
    const startedAt = second(40);
    this.state.refreshes.unshift({ status: "InProgress", startedAt, endedAt: undefined, desired });
  }
}

describe("the release guard", () => {
  let told: Message[];
  let log: Record<string, unknown>[];
  let pauses: number;

  const guard = (fleet: Fleet, language: "en" | "ja" = "en") => {
    told = [];
    log = [];
    pauses = 0;
    return createGuard({
      fleet,
      alarms: ["shop-error-logs-critical", "shop-message-delete-failed"],
      describe: describeTakenBack({
        group: "shop-asg",
        language,
        runbookUrl: "https://docs.example.com/runbooks/release-taken-back.md",
      }),
      publish: (message) => Promise.resolve(void told.push(message)),
      wait: () => Promise.resolve(void (pauses += 1)),
      log: (entry) => log.push(entry),
    });
  };

  it("cancels the release, waits until it is, brings the version before back and tells it once", async () => {
    const fleet = new GroupInRelease();
    await guard(fleet)(event(alarm()));
    expect(fleet.calls).to.deep.equal(["look", "cancel", "look", "look", "bring back 1"]);
    expect(pauses).to.equal(2);
    expect(told).to.deep.equal([
      {
        subject: "↩️ Release taken back: shop-asg",
        text:
          "shop-error-logs-critical fired, so the machines go back from version 2 (bundle bbbbbbbbbbbb) " +
          "to version 1 (bundle aaaaaaaaaaaa). That takes a few minutes.\n" +
          "Next: mend it and deploy, or deploy the commit before. Deploying the same program after a refresh " +
          "would bring the bad version again.\n" +
          "Runbook: https://docs.example.com/runbooks/release-taken-back.md",
      },
    ]);
  });

  it("speaks the fleet's language, and keeps to the length of a subject", async () => {
    await guard(new GroupInRelease(), "ja")(event(alarm()));
    expect(told[0]?.subject).to.equal("↩️ リリースを差し戻しました: shop-asg");
    expect(told[0]?.text)
      .to.include("バージョン2（バンドル bbbbbbbbbbbb）からバージョン1（バンドル aaaaaaaaaaaa）へ")
      .and.include("対応手順: https://");
    const about = { group: "g".repeat(255), language: "en", runbookUrl: "" } as const;
    const [from, to] = [2, 1].map((number) => ({
      number,
      createdAt: second(0),
      bundle: undefined,
    }));
    const { subject, text } = describeTakenBack(about)({ from: from!, to: to!, alarm: "a" });
    expect(subject).to.have.length(99);
    expect(text).to.include("from version 2 to version 1.");
  });

  it("does nothing for other alarms, other states and other messages", async () => {
    const fleet = new GroupInRelease();
    await guard(fleet)(
      event(
        alarm({ AlarmName: "shop-dlq-depth-critical" }),
        alarm({ NewStateValue: "OK" }),
        "Release taken back: …",
        "null",
      ),
    );
    expect(fleet.calls).to.deep.equal([]);
    expect(log.map(({ msg }) => msg)).to.deep.equal(Array(4).fill("not an alarm of a release"));
  });

  it("starts one rollback when two alarms fire at once, and tells it once", async () => {
    const fleet = new GroupInRelease();
    await guard(fleet)(event(alarm(), alarm({ AlarmName: "shop-message-delete-failed" })));
    expect(fleet.calls.filter((call) => call.startsWith("bring"))).to.have.length(1);
    expect(told).to.have.length(1);
    expect(log.at(-1)).to.include({
      msg: "left as it is",
      because: "the group was last taken back, to version 1: InProgress",
    });
  });

  it("is content when another call was quicker to start the rollback", async () => {
    class Raced extends GroupInRelease {
      override bringBack(version: number) {
        this.calls.push("busy");
        this.beginRollback(version);
        return Promise.resolve(false);
      }
    }
    const fleet = new Raced();
    await guard(fleet)(event(alarm()));
    expect(fleet.calls.slice(-2)).to.deep.equal(["busy", "look"]);
    expect(told).to.deep.equal([]);
  });

  it("fails aloud when the release cannot be cancelled in time", async () => {
    const outcome = await guard(new GroupInRelease(1000))(event(alarm())).catch(String);
    expect(outcome).to.include("shop-error-logs-critical fired for is still not cancelled");
    expect(pauses).to.equal(48);
    expect(told).to.deep.equal([]);
  });

  it("fails its call, which shows in the function's errors, when nobody can be told", async () => {
    const fleet = new GroupInRelease();
    const deaf = createGuard({
      fleet,
      alarms: ["shop-error-logs-critical"],
      describe: () => ({ subject: "", text: "" }),
      publish: () => Promise.reject(new Error("topic gone")),
      wait: () => Promise.resolve(),
      log: () => undefined,
    });
    expect(await deaf(event(alarm())).catch(String)).to.include("topic gone");
  });
});
