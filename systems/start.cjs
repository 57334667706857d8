"use strict";
// Loaded before a system's program, with both engines: `nodeargs` in Pulumi.yaml names this file. Pulumi's own loader
// would check the types at every start; `npm run types` does that.
const Module = require("node:module");
require("../start/typescript.cjs");
require("../start/cheap-promises.cjs");

// Pulumi's runner loads source-map-support, which looks for maps in the files on disk, where TypeScript has none:
// errors would show wrong lines. Node's own maps, which the loader above has turned on, know the right ones.
const file = require.resolve("source-map-support/register", {
  paths: [require.resolve("@pulumi/pulumi/package.json")],
});
const nothing = new Module(file);
nothing.loaded = true;
require.cache[file] = nothing;
