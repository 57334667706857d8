"use strict";
// Loaded with --require into the program's and the policy packs' processes, before Pulumi's own
// runner. That runner loads TypeScript and ts-node, and type-checks policy packs on every start (two
// seconds). The types are checked by `npm run check`; here only speed counts, so the runner's
// `ts-node` becomes tsx (esbuild with a cache). Program, pack and SDK stay as they are.
// PULUMI_LOCAL_TSNODE=1 switches this off.
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
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

/** By file, the source map that tsx puts behind the code it hands over. */
const sourceMaps = new Map();

/** The runner reads source maps from the files on disk, where TypeScript has none: without this, errors
 *  and Pulumi's source positions would name lines of the transpiled code. */
function serveSourceMaps() {
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (code, filename, ...rest) {
    const at = code.lastIndexOf(marker);
    if (at >= 0 && filename.endsWith("ts"))
      sourceMaps.set(filename, code.slice(at + marker.length));
    return compile.call(this, code, filename, ...rest);
  };
  require(require.resolve("source-map-support", { paths: [runner] })).install({
    retrieveSourceMap: (source) => {
      const path = source.replace(/^file:\/\//, "");
      // The SDK's own maps name files that are not installed, in a form (node_modules/@pulumi/resource.ts)
      // on which Node's util.inspect, which prints a program's error, computes for half a minute.
      if (path.startsWith(runner)) return { url: source, map: noMappings };
      const encoded = sourceMaps.get(path);
      if (encoded === undefined) return null;
      return { url: source, map: Buffer.from(encoded, "base64").toString("utf8") };
    },
  });
}
const noMappings = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });
const marker = "//# sourceMappingURL=data:application/json;base64,";

/** What Pulumi's runner compiles with when the project says nothing else; for every file. */
const defaults = path.join(__dirname, "program-tsconfig.json");

/** The runner takes the tsconfig.json of the project's own folder for every file, on top of its defaults; tsx takes
 *  the nearest one above for the files it names, on top of esbuild's. What a class with `url: Output<string>` does
 *  with the value its base class put there depends on it. tsx reads the file while it registers. */
function registerTsx({ skipProject, project = "tsconfig.json" }) {
  if (skipProject) return registerWith(defaults);
  const both = path.join(os.tmpdir(), `pulumi-local-tsconfig-${process.pid}.json`);
  const { include, exclude } = require(defaults);
  const files = { files: [], include, exclude };
  fs.writeFileSync(both, JSON.stringify({ extends: [defaults, path.resolve(project)], ...files }));
  try {
    registerWith(both);
  } finally {
    fs.rmSync(both);
  }
}

function registerWith(tsconfig) {
  process.env.TSX_TSCONFIG_PATH = tsconfig;
  require("tsx/cjs/api").register();
  delete process.env.TSX_TSCONFIG_PATH;
}

const tsNode = {
  VERSION: require("tsx/package.json").version,
  register: (options) => {
    registerTsx(options);
    serveSourceMaps();
  },
};

Module._load = function load(request, parent, isMain) {
  if ((request === "typescript" || request === "ts-node") && parent?.filename?.startsWith(runner)) {
    return request === "ts-node" ? tsNode : lazyTypeScript();
  }
  return originalLoad.call(Module, request, parent, isMain);
};
