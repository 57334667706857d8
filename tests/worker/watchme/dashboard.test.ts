import { expect } from "chai";
import { daySummarySchema, dayAnalysisSchema } from "../../../contracts/watchme";
import { queueHandler } from "../../../worker/lambda/queue-handler";
import { analysisWork } from "../../../worker/watchme/dashboard-analysis";
import { summaryWork } from "../../../worker/watchme/dashboard-summary";
import { callContext } from "../lambda/queue-stage";
import { DatabaseStage } from "./database-stage";

describe("the dashboard workers", () => {
  let stage: DatabaseStage;
  beforeEach(async () => {
    stage = await DatabaseStage.create();
  });
  afterEach(() => stage.destroy());

  const tools = (worker: string) => stage.queue.tools({ WORKER: worker });
  const handle = (worker: "summary" | "analysis", body: object) => {
    const { database, queue } = stage;
    const { sqs, queueUrl } = queue;
    const event = { Records: [queue.invented({ body })] };
    return worker === "summary"
      ? queueHandler(
          summaryWork({ analysisQueueUrl: queueUrl, sqs, database }),
          tools("dashboard-summary"),
        )(event, callContext())
      : queueHandler(analysisWork({ database }), tools("dashboard-analysis"))(event, callContext());
  };
  const summaries = () =>
    stage.query((database) => database.selectFrom("day_summaries").selectAll().execute());
  const analyses = () =>
    stage.query((database) => database.selectFrom("day_analyses").selectAll().execute());
  const day = (recordings: number) => ({ deviceId: "device-1", day: "2026-11-28", recordings });
  const ids = (...hours: string[]) => hours.map((hour) => `device-1/2026-11-28/${hour}-00-00`);

  it("sum up a day, ask for its analysis, and analyse it", async () => {
    await stage.record(ids("08", "09", "10"));
    await stage.record(ids("11"), { of: ["asr"] });
    expect((await handle("summary", day(3))).batchItemFailures).to.deep.equal([]);
    const [row] = await summaries();
    expect(row).to.include({ device_id: "device-1", day: "2026-11-28", recordings: 3 });
    expect(daySummarySchema.parse(row?.summary).recordings).to.equal(3);
    expect(await stage.sent()).to.deep.equal([day(3)]);
    expect((await stage.queue.messages())[0]?.group).to.equal("device-1");

    expect((await handle("analysis", day(3))).batchItemFailures).to.deep.equal([]);
    const [analysis] = await analyses();
    expect(dayAnalysisSchema.parse(analysis?.analysis).recordings).to.equal(3);
  });

  it("count what is there now, and never replace a summary of more recordings", async () => {
    await stage.record(ids("08", "09"));
    await handle("summary", day(1));
    expect((await summaries())[0]?.recordings).to.equal(2);
    await stage.query((database) =>
      database.updateTable("day_summaries").set({ recordings: 5 }).execute(),
    );
    await handle("summary", day(2));
    expect((await summaries())[0]?.recordings).to.equal(5);
    expect(await stage.sent(), "of the first only").to.deep.equal([day(2)]);
  });

  it("read what they can of results in an unexpected form", async () => {
    await stage.record(ids("08"));
    await stage.record(ids("09"), { results: { sed: { events: "many" } } });
    expect((await handle("summary", day(2))).batchItemFailures).to.deep.equal([]);
    const summary = daySummarySchema.parse((await summaries())[0]?.summary);
    expect(summary.unreadable).to.deep.equal({ asr: 0, sed: 1, ser: 0 });
    expect(stage.queue.logged("results could not be read")).to.have.length(1);
  });

  it("do not analyse a summary that is not there yet", async () => {
    expect((await handle("analysis", day(1))).batchItemFailures).to.have.length(1);
    expect(stage.queue.logged("failed")[0]?.reason).to.equal(
      "the summary of device-1 on 2026-11-28 is of 0 recordings; 1 were announced",
    );
  });

  it("compare a day with the seven days before it", async () => {
    for (let date = 20; date <= 28; date += 1) {
      await stage.record([`device-1/2026-11-${date}/08-00-00`]);
      await handle("summary", { deviceId: "device-1", day: `2026-11-${date}`, recordings: 1 });
    }
    await stage.record(["device-2/2026-11-27/08-00-00"]);
    await handle("summary", { deviceId: "device-2", day: "2026-11-27", recordings: 1 });
    await handle("analysis", day(1));
    const [row] = await analyses();
    expect(dayAnalysisSchema.parse(row?.analysis).baselineDays).to.equal(7);
  });
});
