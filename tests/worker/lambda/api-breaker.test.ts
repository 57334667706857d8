import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { InvokeCommand, InvokeCommandInput } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { backPressureCallSchema } from "../../../contracts/back-pressure";
import { stateKeys, stateTable } from "../../../contracts/state-table";
import { ApiBreaker } from "../../../worker/lambda/api-breaker";
import { functionLog } from "../../../worker/lambda/log";
import { QueueStage } from "./queue-stage";

describe("the breaker of an API", () => {
  let stage: QueueStage;
  let breaker: ApiBreaker;
  let invoked: InvokeCommandInput[];
  const lines: string[] = [];
  const log = functionLog((line) => lines.push(line));
  const id = stateKeys.breaker("asr");
  beforeEach(async () => {
    invoked = [];
    stage = await QueueStage.create();
    breaker = breakerOf(stage.table);
  });
  afterEach(() => stage.destroy());

  function breakerOf(table: string): ApiBreaker {
    const send = (command: InvokeCommand) => {
      invoked.push(command.input);
      return Promise.resolve({});
    };
    return new ApiBreaker({
      dynamo: stage.dynamo,
      lambda: { send },
      table,
      worker: "asr",
      backPressureFunction: "watchme-back-pressure:live",
    });
  }
  const failTimes = async (times: number) => {
    const ends: boolean[] = [];
    for (let n = 0; n < times; n += 1) ends.push(await breaker.failed("it hangs", false, log));
    return ends;
  };
  const enter = (state: string) =>
    stage.dynamo.send(
      new UpdateItemCommand({
        TableName: stage.table,
        Key: { [stateTable.key]: { S: id } },
        UpdateExpression: "SET #state = :state, failures = :none",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":state": { S: state }, ":none": { N: "0" } },
      }),
    );
  const failures = async () => Number((await stage.item(id))?.failures?.N ?? 0);

  it("asks for a pause at the third failure in a row, without waiting for it", async () => {
    expect(await failTimes(2)).to.deep.equal([false, false]);
    expect(invoked).to.deep.equal([]);
    expect(await failTimes(1)).to.deep.equal([true]);
    const [call] = invoked;
    expect(call).to.include({
      FunctionName: "watchme-back-pressure:live",
      InvocationType: "Event",
    });
    const payload: unknown = JSON.parse(Buffer.from(call?.Payload as Uint8Array).toString());
    expect(backPressureCallSchema.parse(payload)).to.deep.equal({
      pause: "asr",
      reason: "it hangs",
    });
  });

  it("counts every failure of calls at the same time", async () => {
    await Promise.all(Array.from({ length: 20 }, () => breaker.failed("no", false, log)));
    expect(await failures()).to.equal(20);
  });

  it("begins to count anew after a success", async () => {
    await failTimes(2);
    await breaker.succeeded(log);
    expect(await failures()).to.equal(0);
    expect(await failTimes(2)).to.deep.equal([false, false]);
    expect(invoked).to.deep.equal([]);
  });

  it("writes nothing for a success while nothing failed", async () => {
    await breaker.succeeded(log);
    expect(await stage.items()).to.deep.equal([]);
  });

  it("asks for a pause at the first failure of a trial", async () => {
    await enter("half-open");
    expect(await failTimes(1)).to.deep.equal([true]);
    expect(invoked).to.have.length(1);
  });

  it("records the first success of a trial, and then asks for a pause at the third failure in a row", async () => {
    await enter("half-open");
    await breaker.succeeded(log);
    expect((await stage.item(id))?.succeededAt?.S).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(await failTimes(2)).to.deep.equal([false, false]);
    expect(invoked).to.deep.equal([]);
    expect(await failTimes(1)).to.deep.equal([true]);
    expect(invoked).to.have.length(1);
  });

  it("asks for nothing while the worker is paused, and a late success changes nothing", async () => {
    await enter("open");
    expect(await failTimes(1)).to.deep.equal([true]);
    expect(invoked).to.deep.equal([]);
  });

  it("asks at the first failure for a message that has only one attempt left", async () => {
    expect(await breaker.failed("it hangs", true, log)).to.equal(false);
    expect(invoked).to.have.length(1);
  });

  it("takes the API's side for failing when it cannot count", async () => {
    const blind = breakerOf("missing");
    expect(await blind.failed("it hangs", false, log)).to.equal(true);
    await blind.succeeded(log);
    expect(lines.join("\n")).to.include("a failure of the API was not counted");
    expect(lines.join("\n")).to.include("a success of the API was not counted");
  });
});
