"use strict";
// How a system's program starts, with either engine: `nodeargs` in its Pulumi.yaml names this file. Pulumi's own loader
// would check the types at every start; `npm run types` does that.
require("../start/typescript.cjs");
require("../start/cheap-promises.cjs");
