"use strict";
// Loads TypeScript in a Node process: `node -r ./start/typescript.cjs …`. A preview is several processes, and most of
// its time is spent on starting them. So this loader does only what is needed: esbuild removes the types, which
// `npm run types` checks; its output is cached by content, and V8's compile cache is on. tsx reads and analyses every
// file of every package as well, which takes twice the time of the modules themselves.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

// One cache for all values of PULUMI_LOCAL_HOME, so that files compiled by the rehearsal are reused by later commands.
const caches = join(__dirname, "..", ".local", "cache");
const cache = join(caches, "typescript");
// Node 20, which may run the official CLI's programs, does not have it.
Module.enableCompileCache?.(join(caches, "node"));
// Node's own support: it reads a source map only when the stack of an error is read.
(Module.setSourceMapsSupport ?? process.setSourceMapsEnabled)(true);

const options = {
  format: "cjs",
  platform: "node",
  target: "node22",
  sourcemap: "inline",
  sourcesContent: false,
  // import() becomes require(), which can load TypeScript too.
  supported: { "dynamic-import": false },
};
const { version } = require("esbuild/package.json");
let recipe = "";

/** Compiler options of TypeScript, where they are not its defaults. */
exports.compileWith = (compilerOptions) => {
  options.tsconfigRaw = { compilerOptions };
  recipe = JSON.stringify({ options, version });
};
exports.compileWith({});

for (const loader of ["ts", "tsx"]) {
  Module._extensions[`.${loader}`] = (loaded, file) => {
    loaded._compile(javaScriptOf(file, loader), file);
  };
}

function javaScriptOf(file, loader) {
  const source = readFileSync(file, "utf8");
  const key = createHash("sha256").update(`${recipe}\0${file}\0${source}`).digest("hex");
  const kept = join(cache, `${key}.js`);
  try {
    return readFileSync(kept, "utf8");
  } catch {
    // Not in the cache. esbuild is loaded only here, because it starts a separate process.
    const { code } = require("esbuild").transformSync(source, {
      ...options,
      loader,
      sourcefile: file,
    });
    keep(kept, code);
    return code;
  }
}

function keep(file, code) {
  try {
    mkdirSync(cache, { recursive: true });
    // Written to a temporary name and renamed: another process must not read half a file.
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // If the cache cannot be written, only time is lost.
  }
}
