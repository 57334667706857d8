import { expect } from "chai";
import { decide } from "../../../components/fleet/release-guard/decide";
import type { FleetState } from "../../../components/fleet/release-guard/fleet-state";

/** Minutes since the group was made, with version 1. */
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

/** A group with a version every hundred minutes, of which it has the last; each was released, and the last
 *  release is as the test says. */
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
    it(`cancels a release that is ${status}`, () => {
      expect(verdict(released(3, refresh(status, 201)), 205)).to.equal("cancel 3→2");
    });
  }

  it("cancels a release that names the version it brings", () => {
    expect(verdict(released(3, refresh("InProgress", 201, undefined, 3)), 205)).to.equal(
      "cancel 3→2",
    );
  });

  it("waits while the release is being cancelled", () => {
    expect(verdict(released(3, refresh("Cancelling", 201)), 205)).to.equal("wait");
  });

  for (const status of ["Failed", "Cancelled"]) {
    it(`takes back a release that ${status}, however long ago`, () => {
      expect(verdict(released(3, refresh(status, 201, 203)), 205)).to.equal("start 3→2");
      expect(verdict(released(3, refresh(status, 201, 203)), 203 + day)).to.equal("start 3→2");
    });
  }

  it("takes back a release that went through within the last ten minutes, and no older one", () => {
    const state = released(3, refresh("Successful", 201, 209));
    expect(verdict(state, 219)).to.equal("start 3→2");
    expect(verdict(state, 220)).to.match(/^the release ended at .*, too long before the alarm$/);
  });

  it("goes back to the version that the group began with, of which no release is known", () => {
    expect(verdict(released(2, refresh("Failed", 101, 103)), 105)).to.equal("start 2→1");
  });

  it("goes back over two bad releases in a row to the last good one, not to the first bad one", () => {
    const fate = (...first: FleetState["refreshes"]) => ({
      ...released(4),
      refreshes: [refresh("Failed", 301, 303), ...first, refresh("Successful", 101, 109)],
    });
    expect(verdict(fate(refresh("Failed", 201, 203)), 305)).to.equal("start 4→2");
    const takenBack = refresh("Successful", 215, 218, 2);
    expect(verdict(fate(takenBack, refresh("Failed", 201, 203)), 305)).to.equal("start 4→2");
    // It had gone through before its alarm fired.
    expect(verdict(fate(takenBack, refresh("Successful", 201, 209)), 305)).to.equal("start 4→2");
  });

  it("does not take a rollback for a release of the version that it brings", () => {
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

  it("goes back to what is older than Auto Scaling's memory of six weeks", () => {
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

  it("leaves a rollback alone, under way, done or failed", () => {
    const release = refresh("Cancelled", 201, 203);
    for (const status of ["Pending", "InProgress", "Successful", "Failed"]) {
      const state = released(3, refresh(status, 204, undefined, 2), release);
      const current = status === "Successful" ? 2 : 3;
      expect(verdict({ ...state, current }, 206)).to.equal(
        `the group was last taken back, to version 2: ${status}`,
      );
    }
  });

  it("leaves a rollback by AWS alone", () => {
    for (const status of ["RollbackInProgress", "RollbackSuccessful", "RollbackFailed"]) {
      expect(verdict(released(3, refresh(status, 201)), 205)).to.equal(
        `AWS takes the release back: ${status}`,
      );
    }
  });

  it("leaves a release alone that began after the alarm", () => {
    expect(verdict(released(3, refresh("InProgress", 206)), 205)).to.equal(
      "the alarm fired before the release began",
    );
  });

  it("leaves a group alone that has another version meanwhile", () => {
    expect(verdict({ ...released(3, refresh("Failed", 201, 203)), current: 2 }, 205)).to.equal(
      "the group has version 2, the release 3",
    );
  });

  it("leaves a version alone that was good before somebody refreshed its machines", () => {
    const state = released(3, refresh("InProgress", 290), refresh("Successful", 201, 209));
    expect(verdict(state, 295)).to.equal("version 3 was known to be good before it was refreshed");
    const again = released(3, refresh("InProgress", 290), refresh("Failed", 201, 209));
    expect(verdict(again, 295)).to.equal("cancel 3→2");
  });

  it("says when there was no release, and when nothing since the group was made is known to be good", () => {
    expect(verdict(released(1), 5)).to.equal("no release is known");
    const state = { ...released(3, refresh("Failed", 201, 203)), createdAt: at(150) };
    const refreshes = [...state.refreshes.slice(0, 1), refresh("Failed", 101, 103)];
    expect(verdict({ ...state, refreshes }, 205)).to.equal(
      "no version before it is known to be good",
    );
  });
});
