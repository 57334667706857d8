import { join } from "node:path";

/** The function's entry file, for `buildBundle`. */
export const slackNotifierEntry = join(__dirname, "handler.ts");
