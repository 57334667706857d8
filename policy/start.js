// Pulumi's pack runner type-checks TypeScript at every start, which takes seconds. This JavaScript entry only
// removes the types, so the pack starts much faster. `npm run check` checks the types.
require("node:module").enableCompileCache?.();
// Before tsx, which reads every file that is loaded after it.
require("@pulumi/policy");
require("tsx/cjs");
require("./index.ts");
