"use strict";
// Loaded with --require into the program's and the policy packs' processes, before Pulumi's own
// runner. That runner loads TypeScript and ts-node, and type-checks policy packs on every start (two
// seconds); it also has source-map-support work out the stack of every promise that the SDK makes. The
// types are checked by `npm run types`; here only speed counts, so the runner gets our own loader and
// Node's source maps, and what it rarely uses is loaded when it does. Program, pack and SDK stay as they
// are. PULUMI_LOCAL_TSNODE=1 switches this off.
require("../../start/cheap-promises.cjs");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");
const { isMainThread } = require("node:worker_threads");

const runner = path.dirname(require.resolve("@pulumi/pulumi/package.json")) + path.sep;
const originalLoad = Module._load;

/** The TypeScript compiler, loaded only when something but its version is asked for (closure
 *  serialisation does, and a project with a tsconfig.json of its own). */
const lazyTypeScript = () =>
  new Proxy(
    { version: require("typescript/package.json").version },
    {
      get: (own, key) =>
        key in own ? own[key] : originalLoad.call(Module, "typescript", module, false)[key],
    },
  );

/** A module of which only the names are there until one is called. */
const lazy = (request) => () =>
  new Proxy(
    { __esModule: true },
    {
      get: (own, name) => (name in own ? own[name] : lazyFunction(request, name)),
    },
  );

function lazyFunction(request, name) {
  const real = () => originalLoad.call(Module, request, module, false)[name];
  return new Proxy(function () {}, {
    apply: (_, self, args) => Reflect.apply(real(), self, args),
    construct: (_, args) => Reflect.construct(real(), args),
  });
}

/** What Pulumi's runner compiles with when the project says nothing else; for every file. */
const defaults = path.join(__dirname, "program-tsconfig.json");

/** The runner takes the tsconfig.json of the project's own folder for every file, on top of its defaults. What a
 *  class with `url: Output<string>` does with the value its base class put there depends on it. */
function register({ skipProject, project = "tsconfig.json" }) {
  const loader = require("../../start/typescript.cjs");
  if (skipProject) loader.compileWith(require(defaults).compilerOptions);
  else registerTsx(project);
}

/** tsx knows what a tsconfig.json can extend. It would take the nearest one above for the files that it names; it
 *  reads the one that it is told of while it registers. */
function registerTsx(project) {
  const both = path.join(os.tmpdir(), `pulumi-local-tsconfig-${process.pid}.json`);
  const { include, exclude } = require(defaults);
  const files = { files: [], include, exclude };
  fs.writeFileSync(both, JSON.stringify({ extends: [defaults, path.resolve(project)], ...files }));
  process.env.TSX_TSCONFIG_PATH = both;
  try {
    require("tsx/cjs/api").register();
    // tsx would have the SDK's own maps read too, which name files that are not installed.
    Module.setSourceMapsSupport(true);
  } finally {
    delete process.env.TSX_TSCONFIG_PATH;
    fs.rmSync(both);
  }
}

/** Programs and packs that say "tsx/cjs" do so because Pulumi's ts-node is slow; our loader is faster still. tsx takes
 *  the nearest tsconfig.json above the current folder. */
function registerInsteadOfTsx() {
  const loader = require("../../start/typescript.cjs");
  const tsconfig = nearestTsconfig(process.cwd());
  loader.compileWith(tsconfig === undefined ? {} : require(tsconfig).compilerOptions);
}

/** This repository's own is plain JSON that extends nothing. */
const ownTsconfig = path.resolve(__dirname, "../../tsconfig.json");
const isOwnTsconfig = (file) => file === undefined || file === ownTsconfig;

function nearestTsconfig(folder) {
  const file = path.join(folder, "tsconfig.json");
  if (fs.existsSync(file)) return file;
  const above = path.dirname(folder);
  return above === folder ? undefined : nearestTsconfig(above);
}

const replaced = {
  typescript: lazyTypeScript,
  "ts-node": () => ({ VERSION: require("esbuild/package.json").version, register }),
  "source-map-support/register": () => ({}),
  // For closures turned into text, and for tracing: half of all modules that the SDK would load.
  "@npmcli/arborist": lazy("@npmcli/arborist"),
  ...Object.fromEntries(
    [
      ...["exporter-zipkin", "instrumentation", "instrumentation-grpc", "resources"],
      ...["sdk-trace-base", "sdk-trace-node"],
    ].map((name) => [`@opentelemetry/${name}`, lazy(`@opentelemetry/${name}`)]),
  ),
};

function load(request, parent, isMain) {
  if (Object.hasOwn(replaced, request) && parent?.filename?.startsWith(runner)) {
    return replaced[request]();
  }
  if (request === "tsx/cjs" && isOwnTsconfig(nearestTsconfig(process.cwd()))) {
    return registerInsteadOfTsx();
  }
  return originalLoad.call(Module, request, parent, isMain);
}

// A program that is an ES module is loaded by ts-node itself, in a thread of its own.
if (isMainThread) Module._load = load;
