"use strict";
// Loaded with --require into the program's and the policy packs' processes, before Pulumi's own
// runner. That runner loads TypeScript and ts-node, and type-checks policy packs on every start (two
// seconds). It also lets source-map-support compute the stack trace of every promise that the SDK creates. The
// types are checked by `npm run types`, so here the runner gets our faster loader and
// Node's source maps, and modules that are rarely used are loaded when they are used. Program, pack and SDK are
// unmodified. PULUMI_LOCAL_TSNODE=1 switches this off.
require("../../start/cheap-promises.cjs");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");
const { isMainThread } = require("node:worker_threads");

const runner = path.dirname(require.resolve("@pulumi/pulumi/package.json")) + path.sep;
const originalLoad = Module._load;

/** The TypeScript compiler. It is loaded only when anything other than its version is read (closure
 *  serialisation does, and a project with a tsconfig.json of its own). */
const lazyTypeScript = () =>
  new Proxy(
    { version: require("typescript/package.json").version },
    {
      get: (own, key) =>
        key in own ? own[key] : originalLoad.call(Module, "typescript", module, false)[key],
    },
  );

/** A module that is loaded when one of its functions is called. */
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

/** The compiler options of Pulumi's runner for projects without their own tsconfig.json. */
const defaults = path.join(__dirname, "program-tsconfig.json");

/** The runner uses the tsconfig.json in the project's folder for every file, in addition to its defaults. They decide
 *  whether a class with `url: Output<string>` keeps the value that its base class has set. */
function register({ skipProject, project = "tsconfig.json" }) {
  const loader = require("../../start/typescript.cjs");
  if (skipProject) loader.compileWith(require(defaults).compilerOptions);
  else registerTsx(project);
}

/** tsx supports `extends` in a tsconfig.json. By default it uses the nearest tsconfig.json of each file. It
 *  reads the file that is set while it registers. */
function registerTsx(project) {
  const both = path.join(os.tmpdir(), `pulumi-local-tsconfig-${process.pid}.json`);
  const { include, exclude } = require(defaults);
  const files = { files: [], include, exclude };
  fs.writeFileSync(both, JSON.stringify({ extends: [defaults, path.resolve(project)], ...files }));
  process.env.TSX_TSCONFIG_PATH = both;
  try {
    require("tsx/cjs/api").register();
    // Otherwise tsx would also read the source maps of the SDK, which refer to files that are not installed.
    Module.setSourceMapsSupport(true);
  } finally {
    delete process.env.TSX_TSCONFIG_PATH;
    fs.rmSync(both);
  }
}

/** Programs and packs that say "tsx/cjs" do so because Pulumi's ts-node is slow; our loader is faster still. tsx takes
 *  the nearest tsconfig.json above the current folder. */
function registerInsteadOfTsx(tsconfig) {
  const loader = require("../../start/typescript.cjs");
  loader.compileWith(tsconfig === undefined ? {} : require(tsconfig).compilerOptions);
}

/** The tsconfig.json of this repository is plain JSON without `extends`. */
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
  // Modules for the serialisation of closures and for tracing: half of all modules that the SDK would load.
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
  if (request === "tsx/cjs") {
    const tsconfig = nearestTsconfig(process.cwd());
    if (isOwnTsconfig(tsconfig)) return registerInsteadOfTsx(tsconfig);
  }
  return originalLoad.call(Module, request, parent, isMain);
}

// ts-node itself loads a program that is an ES module, in a separate thread.
if (isMainThread) Module._load = load;
