export { connectDatabase } from "./connect";
export { migrateDatabase } from "./migrate";
export { readDatabaseCa, readDatabaseUrl } from "./parameters";
