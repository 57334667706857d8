"use strict";
// Loaded with --require into the program's and the policy packs' processes, before Pulumi's own
// runner. That runner loads TypeScript and ts-node, and type-checks policy packs on every start (two
// seconds). The types are checked by `npm run check`; here only speed counts, so the runner's
// `ts-node` becomes tsx (esbuild with a cache). Program, pack and SDK stay as they are.
// PULUMI_LOCAL_TSNODE=1 switches this off.
const Module = require("node:module");
const path = require("node:path");

const runner = path.dirname(require.resolve("@pulumi/pulumi/package.json")) + path.sep;
const originalLoad = Module._load;

/** The TypeScript compiler, loaded only when something but its version is asked for (closure
 *  serialisation does). Compiler options play no part when esbuild transpiles. */
const lazyTypeScript = () =>
  new Proxy(
    {
      version: require("typescript/package.json").version,
      parseConfigFileTextToJson: () => ({ config: {} }),
    },
    {
      get: (own, key) =>
        key in own ? own[key] : originalLoad.call(Module, "typescript", module, false)[key],
    },
  );

const tsNode = {
  VERSION: require("tsx/package.json").version,
  register: () => require("tsx/cjs/api").register(),
};

Module._load = function load(request, parent, isMain) {
  if ((request === "typescript" || request === "ts-node") && parent?.filename?.startsWith(runner)) {
    return request === "ts-node" ? tsNode : lazyTypeScript();
  }
  return originalLoad.call(Module, request, parent, isMain);
};
