import { expect } from "chai";
import type { ApiRequest } from "../../../contracts/watchme";
import { outOfOrder } from "../../../rehearsal/watchme/acceptance-order";

/** Requests about recordings: "a 3" is number 3 of device a. */
const requests = (...names: string[]) =>
  names.map((name) => {
    const [device = "", minute = ""] = name.split(" ");
    const id = `${device}/2026-11-28/00-${minute.padStart(2, "0")}-00`;
    return { device_id: device, recording_id: id } as ApiRequest;
  });

describe("the order in which an API accepted recordings", () => {
  const firstSent = new Map([
    ["a", 2],
    ["b", 0],
  ]);
  const wrong = (...names: string[]) => outOfOrder(requests(...names), firstSent);

  it("is kept if each device's recordings follow each other", () => {
    expect(wrong("b 0", "a 2", "b 1", "a 3", "a 4")).to.deep.equal([]);
  });

  it("is broken by each recording that comes after a newer one", () => {
    expect(wrong("a 4", "a 2", "b 0", "a 3", "a 5")).to.deep.equal([
      "a: 2 came after 4",
      "a: 3 came after 4",
    ]);
  });

  it("does not exist among recordings from before the switch, which must precede the others", () => {
    expect(wrong("a 1", "a 0", "a 2")).to.deep.equal([]);
    expect(wrong("a 0", "a 2", "a 1")).to.deep.equal(["a: 1 came after 2"]);
  });
});
