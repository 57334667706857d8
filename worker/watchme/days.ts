import { sql } from "kysely";
import { daySummarySchema, type DayAnalysis, type DaySummary } from "../../contracts/watchme";
import type { WatchmeDatabase } from "./database";
import type { RecordingResults } from "./summarise";
import { isComplete } from "./summaries-due";

export interface DeviceDay {
  deviceId: string;
  day: string;
}

/** The recordings of a day that have all three features. */
export async function completeRecordings(
  database: WatchmeDatabase,
  { deviceId, day }: DeviceDay,
): Promise<RecordingResults[]> {
  return database
    .selectFrom("recordings")
    .innerJoin("features", "features.recording_id", "recordings.recording_id")
    .where("device_id", "=", deviceId)
    .where("day", "=", day)
    .where(isComplete("recordings"))
    .groupBy(["recordings.recording_id", "time"])
    .orderBy("time")
    .select([
      "time",
      sql<RecordingResults["results"]>`jsonb_object_agg(feature, result)`.as("results"),
    ])
    .execute();
}

/** Writes the summary unless there is one of more recordings. Resolves to whether it was written. */
export async function writeSummary(
  database: WatchmeDatabase,
  { deviceId, day }: DeviceDay,
  summary: DaySummary,
): Promise<boolean> {
  const values = { recordings: summary.recordings, summary: JSON.stringify(summary) };
  const { numInsertedOrUpdatedRows } = await database
    .insertInto("day_summaries")
    .values({ device_id: deviceId, day, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(["device_id", "day"])
        .doUpdateSet({ ...values, updated_at: sql`now()` })
        .whereRef("day_summaries.recordings", "<=", "excluded.recordings"),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** The summary of a day, and those of the seven days before it, as far as there are any. */
export async function summariesOfWeek(
  database: WatchmeDatabase,
  { deviceId, day }: DeviceDay,
): Promise<{ day: DaySummary | undefined; before: DaySummary[] }> {
  const rows = await database
    .selectFrom("day_summaries")
    .where("device_id", "=", deviceId)
    .where("day", "<=", day)
    .where("day", ">=", sql<string>`${day}::date - 7`)
    .select(["day", "summary"])
    .execute();
  const own = rows.find((row) => row.day === day);
  return {
    day: own === undefined ? undefined : daySummarySchema.parse(own.summary),
    // One that another version of this program wrote in another form is as good as none.
    before: rows
      .filter((row) => row !== own)
      .flatMap(({ summary }) => daySummarySchema.safeParse(summary).data ?? []),
  };
}

/** Writes the analysis unless there is one of more recordings. Resolves to whether it was written. */
export async function writeAnalysis(
  database: WatchmeDatabase,
  { deviceId, day }: DeviceDay,
  analysis: DayAnalysis,
): Promise<boolean> {
  const values = { recordings: analysis.recordings, analysis: JSON.stringify(analysis) };
  const { numInsertedOrUpdatedRows } = await database
    .insertInto("day_analyses")
    .values({ device_id: deviceId, day, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(["device_id", "day"])
        .doUpdateSet({ ...values, updated_at: sql`now()` })
        .whereRef("day_analyses.recordings", "<=", "excluded.recordings"),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}
