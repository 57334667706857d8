import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { stateKeys } from "../../../contracts/state-table";
import { UnavailableError } from "../../../worker/job/errors";
import { DoneWork } from "../../../worker/lambda/done-work";
import { PostponedError } from "../../../worker/lambda/errors";
import { eventually } from "../../support/eventually";
import { callContext, QueueStage } from "./queue-stage";

describe("work that is done once", () => {
  let stage: QueueStage;
  let done: DoneWork;
  beforeEach(async () => {
    stage = await QueueStage.create();
    done = new DoneWork(stage.dynamo, stage.table, "asr");
  });
  afterEach(() => stage.destroy());
  const succeeds = () => Promise.resolve();
  const thrownBy = (end: Promise<unknown>) =>
    end.then(
      () => expect.fail("it succeeded"),
      (error: unknown) => error,
    );

  it("is remembered as long as its message can come again", async () => {
    expect(await done.once("a", callContext(), succeeds)).to.equal("done");
    expect(await done.once("a", callContext(), succeeds)).to.equal("done before");
    const [item] = await stage.items();
    expect(item?.id?.S).to.match(new RegExp(`^${stateKeys.done("asr")}#`));
    const days = (Number(item?.expiration?.N) - Date.now() / 1000) / 86_400;
    expect(days).to.be.within(28.9, 29.1);
  });

  it("waits for a call that may still do it, and not for one that was killed", async () => {
    const killed = callContext(1500);
    void done.once("a", killed, () => new Promise(() => undefined));
    await eventually("it is in progress", async () => (await stage.items()).length === 1);
    const error = await thrownBy(done.once("a", callContext(), succeeds));
    expect(error).to.be.instanceOf(PostponedError);
    await eventually("the call is over", () => killed.getRemainingTimeInMillis() < 0);
    expect(await done.once("a", callContext(), succeeds)).to.equal("done");
  });

  it("fails with its own error, also when the table has gone meanwhile", async () => {
    const error = await thrownBy(
      done.once("a", callContext(), async () => {
        await stage.dynamo.send(new DeleteTableCommand({ TableName: stage.table }));
        throw new UnavailableError("the API", new Error("gone"));
      }),
    );
    expect(String(error)).to.equal("UnavailableError: the API cannot be used: gone");
  });

  it("counts as done when only that could not be remembered", async () => {
    const outcome = await done.once("a", callContext(), async () => {
      await stage.dynamo.send(new DeleteTableCommand({ TableName: stage.table }));
    });
    expect(outcome).to.equal("done, not remembered");
  });
});
