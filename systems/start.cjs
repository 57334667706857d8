"use strict";
// How a system's program starts, with either engine (`nodeargs` in Pulumi.yaml): V8 keeps what it compiled, tsx takes
// the types away. Pulumi's own loader would check them again at every start; `npm run types` does that.
require("node:module").enableCompileCache();
require("tsx/cjs");
require("../contracts/cheap-promises.cjs");
