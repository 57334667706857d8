import { sql } from "kysely";
import { features, type SummaryMessage } from "../../contracts/watchme";
import type { WatchmeDatabase } from "./database";

/** Recordings looked at in one call. The next call goes on. */
const mostRecordings = 1000;

/** Any number that nobody else uses for a lock in this database. */
const lockNumber = 7_463_201;

export interface DueSummary {
  body: SummaryMessage;
  /** The recordings that are new in it. */
  recordingIds: string[];
}

/** Finds the days that have recordings with all three features which no summary was asked for, and asks for them. `ask`
 *  resolves to those that were asked for; only their recordings are marked. One call at a time works, and a call that finds
 *  another at work resolves to undefined. If it dies in between, the same is asked for again, which changes nothing. */
export async function askForSummaries(
  database: WatchmeDatabase,
  ask: (due: DueSummary[]) => Promise<DueSummary[]>,
): Promise<{ asked: number; due: number } | undefined> {
  return database.transaction().execute(async (transaction) => {
    const lock = await sql<{
      ours: boolean;
    }>`select pg_try_advisory_xact_lock(${lockNumber}) as ours`.execute(transaction);
    if (lock.rows[0]?.ours !== true) return undefined;
    const due = await dueSummaries(transaction);
    const asked = await ask(due);
    const ids = asked.flatMap(({ recordingIds }) => recordingIds);
    if (ids.length > 0) {
      await transaction
        .updateTable("recordings")
        .set({ summary_requested_at: sql`now()` })
        .where("recording_id", "in", ids)
        .execute();
    }
    return { asked: asked.length, due: due.length };
  });
}

async function dueSummaries(database: WatchmeDatabase): Promise<DueSummary[]> {
  // The number counts all of the day's recordings that are complete, not only the new ones.
  const { rows } = await sql<{
    device_id: string;
    day: string;
    recordings: number;
    new_ids: string[];
  }>`
    with complete_new as (
      select recording_id, device_id, day from recordings r
      where summary_requested_at is null and ${isComplete("r")}
      order by created_at limit ${mostRecordings}
    ), days as (
      select device_id, day, array_agg(recording_id) as new_ids from complete_new group by device_id, day
    )
    select days.*, (
      select count(*)::int from recordings r
      where r.device_id = days.device_id and r.day = days.day and ${isComplete("r")}
    ) as recordings
    from days order by device_id, day
  `.execute(database);
  return rows.map(({ device_id: deviceId, day, recordings, new_ids: recordingIds }) => ({
    body: { deviceId, day, recordings },
    recordingIds,
  }));
}

/** Whether a recording has all features. */
export const isComplete = (table: string) =>
  sql<boolean>`(select count(*) from features f where f.recording_id = ${sql.ref(`${table}.recording_id`)}) = ${features.length}`;
