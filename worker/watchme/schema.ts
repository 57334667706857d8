import type { ColumnType, JSONColumnType } from "kysely";
import type { Feature } from "../../contracts/watchme";

/** Set by the database unless given. */
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface RecordingsTable {
  recording_id: string;
  device_id: string;
  /** YYYY-MM-DD, local to the device. */
  day: string;
  /** HH-mm-ss, local to the device. */
  time: string;
  bucket: string;
  key: string;
  created_at: Defaulted<Date>;
  /** When a summary that counts this recording was asked for. */
  summary_requested_at: Date | null;
}

export interface FeaturesTable {
  recording_id: string;
  feature: Feature;
  result: JSONColumnType<object>;
  completed_at: Defaulted<Date>;
}

export interface DaySummariesTable {
  device_id: string;
  day: string;
  recordings: number;
  summary: JSONColumnType<object>;
  updated_at: Defaulted<Date>;
}

export interface DayAnalysesTable {
  device_id: string;
  day: string;
  recordings: number;
  analysis: JSONColumnType<object>;
  updated_at: Defaulted<Date>;
}

export interface WatchmeSchema {
  recordings: RecordingsTable;
  features: FeaturesTable;
  day_summaries: DaySummariesTable;
  day_analyses: DayAnalysesTable;
}
