import "../../database/sql-modules";
import recordings from "./001_recordings.sql";
import days from "./002_days.sql";

/** In the order of their names, which are recorded in the database: never rename or edit one that
 *  was released, add the next. */
export const migrations: Readonly<Record<string, string>> = {
  "001_recordings": recordings,
  "002_days": days,
};
