import "../../database/sql-modules";
import documents from "./001_documents.sql";
import finishedWork from "./002_finished_work.sql";
import searchDocuments from "./003_search_documents.sql";
import unstartedDeliveries from "./004_unstarted_deliveries.sql";

/** In the order of their names, which are recorded in the database: never rename or edit one that
 *  was released, add the next. */
export const migrations: Readonly<Record<string, string>> = {
  "001_documents": documents,
  "002_finished_work": finishedWork,
  "003_search_documents": searchDocuments,
  "004_unstarted_deliveries": unstartedDeliveries,
};
