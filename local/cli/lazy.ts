import { createRequire } from "node:module";
import type * as Cloud from "../keeper/index";
import type * as Database from "../cloud/database-parameter";
import type * as Engine from "../operation/index";
import type * as Operations from "./operations";

/** Modules that only some commands need: loading them costs more than parsing the command line. A plain
 *  `import()` would bypass the loader that reads TypeScript here. */
const load = createRequire(__filename);

export const lazy = {
  cloud: () => load("../keeper/index") as typeof Cloud,
  database: () => load("../cloud/database-parameter") as typeof Database,
  engine: () => load("../operation/index") as typeof Engine,
  operations: () => load("./operations") as typeof Operations,
};
