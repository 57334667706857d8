import { expect } from "chai";
import { Stage } from "./notifier-stage";

describe("the board in DynamoDB", () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.create({ table: true });
  });
  after(() => stage.close());

  it("keeps every change of twenty calls at the same moment", async () => {
    let calls = 0;
    const increase = () =>
      stage.board().change((board) => {
        calls += 1;
        return { board: { ...board, minute: board.minute + 1 }, result: board.minute + 1 };
      });
    const results = await Promise.all(Array.from({ length: 20 }, increase));
    expect(results.sort((one, other) => one - other)).to.deep.equal(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    // Otherwise they did not meet.
    expect(calls).to.be.above(20);
  });

  it("does not write what has not changed", async () => {
    await stage.loseItem();
    const read = () => stage.board().change((board) => ({ board, result: board.minute }));
    expect([await read(), await read()]).to.deep.equal([0, 0]);
    await stage.loseTable();
    const error: unknown = await read().catch((reason: unknown) => reason);
    expect(String(error)).to.include("ResourceNotFound");
  });
});
