import { expect } from "chai";
import { mayPark, parkedAttribute } from "../../../worker/lambda/park";
import type { ReceivedRecord } from "../../../worker/lambda/received-record";

const text = (StringValue: string) => ({ DataType: "String", StringValue });

function record(attributes: ReceivedRecord["attributes"], isFifo = false): ReceivedRecord {
  return {
    ...{ id: "m", body: "{}", receiptHandle: "r", queueUrl: "https://sqs/1/q", group: "g" },
    ...{ isFifo, receiveCount: 3, attributes, traceHeader: undefined },
    ...{ sentAt: undefined, checkId: undefined, loadTest: undefined },
  };
}
const parked = (times: number) => record({ [parkedAttribute]: text(String(times)) });
const full = record(Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`a${n}`, text("")])));

describe("a message whose attempts are used up", () => {
  it("is sent again as often as an outage needs", () => {
    for (const one of [record({}), parked(5), parked(500), full]) {
      expect(mayPark(one, false)).to.equal(true);
    }
  });

  it("is sent again five times while others succeed, so that it cannot go round for ever", () => {
    expect(mayPark(record({}), true)).to.equal(true);
    expect(mayPark(parked(4), true)).to.equal(true);
    expect(mayPark(parked(5), true)).to.equal(false);
    expect(mayPark(full, true), "no attribute is free to count it").to.equal(false);
  });

  it("stays where it is on a FIFO queue", () => {
    expect(mayPark(record({}, true), false)).to.equal(false);
  });
});
