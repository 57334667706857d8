import { expect } from "chai";
import type { ReleaseHold } from "../../contracts/release";
import type { Refresh } from "../../contracts/release-history";
import type { GroupState } from "../../ops/fleet/group";
import { planRollback, type PlanQuestion } from "../../ops/rollback/plan";

const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];
const minute = (n: number) => new Date(Date.UTC(2026, 10, 26, 10, n));
const refresh = (over: Partial<Refresh> = {}): Refresh => ({
  status: "Successful",
  startedAt: minute(11),
  endedAt: minute(20),
  desired: undefined,
  ...over,
});

/** Versions 1 (a) and 2 (b), which is released. */
const state = (over: Partial<GroupState> = {}): GroupState => ({
  createdAt: minute(1),
  current: 2,
  versions: [
    { number: 1, createdAt: minute(0), bundle: a },
    { number: 2, createdAt: minute(10), bundle: b },
  ],
  refreshes: [refresh({ status: "InProgress" })],
  machines: [
    { id: "i-1", state: "InService", version: 1 },
    { id: "i-2", state: "Pending:Wait", version: 2 },
  ],
  ...over,
});
const held = (bundle: string, runs: string): ReleaseHold => [
  { bundle, runs, since: minute(30).toISOString(), by: "kim" },
];
const plan = (question: Partial<PlanQuestion> = {}) =>
  planRollback({ state: state(), held: [], online: new Set(["i-1", "i-2"]), ...question });
const fault = (question: Partial<PlanQuestion>) => {
  try {
    plan(question);
    return "no fault";
  } catch (error) {
    return String(error);
  }
};

describe("the plan of a rollback", () => {
  it("goes back to the last version that is known to be good, holds the bundle and cancels the release", () => {
    const { from, to, hold, cancels, setsVersion, isKnownGood, machines } = plan();
    expect([from.number, to.number, hold, cancels?.status, setsVersion, isKnownGood]).to.deep.equal(
      [2, 1, b, "InProgress", true, true],
    );
    expect(machines.map(({ id, how }) => [id, how])).to.deep.equal([
      ["i-1", "switch"],
      ["i-2", "switch"],
    ]);
  });

  it("replaces a machine whose agent does not answer, unless it was launched with the right bundle", () => {
    const { machines } = plan({ online: new Set() });
    expect(machines.map(({ how }) => how)).to.deep.equal(["keep", "replace"]);
  });

  it("does not go back to a bundle that was rolled back before, although it was released everywhere", () => {
    const versions = [...state().versions, { number: 3, createdAt: minute(40), bundle: c }];
    const refreshes = [refresh(), refresh({ startedAt: minute(41), status: "InProgress" })];
    const question = { state: state({ current: 3, versions, refreshes }), held: held(b, a) };
    expect(plan(question).to.number).to.equal(1);
    expect(plan({ ...question, held: [] }).to.number).to.equal(2);
  });

  it("repeats a rollback when the group has been set back already", () => {
    const { to, hold, setsVersion, machines } = plan({
      state: state({ current: 1, refreshes: [refresh({ status: "Cancelled" })] }),
      held: held(b, a),
    });
    expect([to.number, hold, setsVersion]).to.deep.equal([1, undefined, false]);
    expect(machines).to.have.length(2);
  });

  it("takes the newest version that carries the bundle that is named", () => {
    const versions = [...state().versions, { number: 3, createdAt: minute(40), bundle: a }];
    expect(plan({ state: state({ versions }), to: "AAAA" }).to.number).to.equal(3);
  });

  it("switches only the machines that are named, and changes neither group nor hold", () => {
    const { machines, hold, setsVersion, cancels } = plan({ machines: ["i-2"] });
    expect(machines.map(({ id }) => id)).to.deep.equal(["i-2"]);
    expect([hold, setsVersion, cancels]).to.deep.equal([undefined, false, undefined]);
  });

  it("says what is wrong, and what can be chosen", () => {
    expect(fault({ to: "ffff" }))
      .to.include("carries a bundle ffff")
      .and.include("aaaaaaaaaaaa  version 1, 2026-11-26T10:00:00.000Z");
    const ambiguous = [
      { number: 1, createdAt: minute(0), bundle: `a${b.slice(1)}` },
      ...state().versions.slice(1),
      { number: 3, createdAt: minute(40), bundle: a },
    ];
    expect(fault({ state: state({ versions: ambiguous }), to: "a" })).to.include("More than one");
    expect(fault({ to: b, held: held(b, a) })).to.include("ops release-hold lift");
    expect(fault({ machines: ["i-9", "i-1"] })).to.include("Not in the group: i-9.");
    const onlyBad = state({ versions: state().versions.slice(1), createdAt: minute(1) });
    expect(fault({ state: onlyBad })).to.include("No version before 2 is known to be good");
  });
});
