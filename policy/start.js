// Pulumi's pack runner type-checks TypeScript on every start, which takes seconds. A JavaScript entry that
// only strips the types starts the same pack in a fraction of it; `npm run check` does the type-checking.
require("node:module").enableCompileCache();
require("tsx/cjs");
require("./index.ts");
