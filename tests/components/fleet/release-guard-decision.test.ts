import { expect } from "chai";
import { decide } from "../../../components/fleet/release-guard/decide";
import type { FleetState } from "../../../contracts/release-history";

/** Minutes since the group was created, with version 1. */
const at = (minute: number) => new Date(Date.UTC(2026, 10, 21) + minute * 60_000);
const day = 24 * 60;

const version = (number: number, minute: number) => ({
  number,
  createdAt: at(minute),
  bundle: undefined,
});
const refresh = (status: string, begin: number, end?: number, desired?: number) => ({
  status,
  startedAt: at(begin),
  endedAt: end === undefined ? undefined : at(end),
  desired,
});

/** A group with a new version every hundred minutes. All releases succeeded, except the last one, whose refreshes
 *  the test gives. */
const released = (versions: number, ...last: FleetState["refreshes"]): FleetState => {
  const numbers = Array.from({ length: versions }, (_, index) => index + 1);
  return {
    createdAt: at(1),
    current: versions,
    versions: numbers.map((number) => version(number, (number - 1) * 100)),
    refreshes: [
      ...last,
      ...numbers
        .slice(1, -1)
        .map((number) => refresh("Successful", (number - 1) * 100 + 1, (number - 1) * 100 + 9)),
    ],
  };
};

const verdict = (state: FleetState, minute: number) => {
  const decision = decide(state, at(minute));
  if (decision.do === "nothing") return decision.because;
  return decision.do === "wait"
    ? "wait"
    : `${decision.do} ${decision.from.number}→${decision.to.number}`;
};

describe("the release guard's decision", () => {
  for (const status of ["Pending", "InProgress", "Baking"]) {
    it(`cancels a release with the status ${status}`, () => {
      expect(verdict(released(3, refresh(status, 201)), 205)).to.equal("cancel 3→2");
    });
  }

  it("cancels a release whose refresh names its version", () => {
    expect(verdict(released(3, refresh("InProgress", 201, undefined, 3)), 205)).to.equal(
      "cancel 3→2",
    );
  });

  it("waits while the release is being cancelled", () => {
    expect(verdict(released(3, refresh("Cancelling", 201)), 205)).to.equal("wait");
  });

  for (const status of ["Failed", "Cancelled"]) {
    it(`rolls back a release with the status ${status}, however long ago`, () => {
      expect(verdict(released(3, refresh(status, 201, 203)), 205)).to.equal("start 3→2");
      expect(verdict(released(3, refresh(status, 201, 203)), 203 + day)).to.equal("start 3→2");
    });
  }

  it("rolls back a release that succeeded within the last ten minutes, but no older one", () => {
    const state = released(3, refresh("Successful", 201, 209));
    expect(verdict(state, 219)).to.equal("start 3→2");
    expect(verdict(state, 220)).to.match(/^the release ended at .*, too long before the alarm$/);
  });

  it("rolls back to the first version of the group, of which no release is known", () => {
    expect(verdict(released(2, refresh("Failed", 101, 103)), 105)).to.equal("start 2→1");
  });

  it("rolls back to the last good version after two bad releases, not to the first bad one", () => {
    const fate = (...first: FleetState["refreshes"]) => ({
      ...released(4),
      refreshes: [refresh("Failed", 301, 303), ...first, refresh("Successful", 101, 109)],
    });
    expect(verdict(fate(refresh("Failed", 201, 203)), 305)).to.equal("start 4→2");
    const rollback = refresh("Successful", 215, 218, 2);
    expect(verdict(fate(rollback, refresh("Failed", 201, 203)), 305)).to.equal("start 4→2");
    // It had succeeded before its alarm fired.
    expect(verdict(fate(rollback, refresh("Successful", 201, 209)), 305)).to.equal("start 4→2");
  });

  it("does not count a rollback as a release of the version that it installs", () => {
    const state = released(2, refresh("Failed", 101, 103));
    const failedRollback = refresh("Failed", 104, 105, 1);
    expect(
      verdict(
        {
          ...state,
          current: 3,
          versions: [...state.versions, version(3, 200)],
          refreshes: [refresh("Failed", 201, 203), failedRollback, ...state.refreshes],
        },
        205,
      ),
    ).to.equal("start 3→1");
  });

  it("counts a version as good if it is older than the six weeks of history in Auto Scaling", () => {
    const state: FleetState = {
      createdAt: at(1),
      current: 3,
      versions: [version(1, 0), version(2, day), version(3, 60 * day)],
      refreshes: [refresh("Failed", 60 * day + 1, 60 * day + 3)],
    };
    expect(verdict(state, 60 * day + 5)).to.equal("start 3→2");
    const young = {
      ...state,
      versions: [version(1, 0), version(2, 30 * day), version(3, 60 * day)],
    };
    expect(verdict(young, 60 * day + 5)).to.equal("start 3→1");
  });

  it("does nothing after a rollback, in progress, done or failed", () => {
    const release = refresh("Cancelled", 201, 203);
    for (const status of ["Pending", "InProgress", "Successful", "Failed"]) {
      const state = released(3, refresh(status, 204, undefined, 2), release);
      const current = status === "Successful" ? 2 : 3;
      expect(verdict({ ...state, current }, 206)).to.equal(
        `the last refresh was a rollback to version 2: ${status}`,
      );
    }
  });

  it("does nothing during or after a rollback by AWS", () => {
    for (const status of ["RollbackInProgress", "RollbackSuccessful", "RollbackFailed"]) {
      expect(verdict(released(3, refresh(status, 201)), 205)).to.equal(
        `AWS rolls the release back: ${status}`,
      );
    }
  });

  it("does nothing about a release that began after the alarm", () => {
    expect(verdict(released(3, refresh("InProgress", 206)), 205)).to.equal(
      "the alarm fired before the release began",
    );
  });

  it("does nothing when the group already has another version", () => {
    expect(verdict({ ...released(3, refresh("Failed", 201, 203)), current: 2 }, 205)).to.equal(
      "the group has version 2, but the last release has version 3",
    );
  });

  it("does nothing about a refresh of a version that was known to be good before", () => {
    const state = released(3, refresh("InProgress", 290), refresh("Successful", 201, 209));
    expect(verdict(state, 295)).to.equal("version 3 was known to be good before this refresh");
    const again = released(3, refresh("InProgress", 290), refresh("Failed", 201, 209));
    expect(verdict(again, 295)).to.equal("cancel 3→2");
  });

  it("says when there was no release, and when no version is known to be good", () => {
    expect(verdict(released(1), 5)).to.equal("no release is known");
    const state = { ...released(3, refresh("Failed", 201, 203)), createdAt: at(150) };
    const refreshes = [...state.refreshes.slice(0, 1), refresh("Failed", 101, 103)];
    expect(verdict({ ...state, refreshes }, 205)).to.equal(
      "no version before it is known to be good",
    );
  });
});
