import { join } from "node:path";

/** The function's entry file, for `buildBundle`. */
export const releaseGuardEntry = join(__dirname, "handler.ts");
