"use strict";
// Loads TypeScript in a Node process: `node -r ./start/typescript.cjs …`. A preview is several processes, and most of its
// time is their start, so this does only what they need: esbuild removes the types (`npm run types` checks them), its
// output is cached by content, and V8's compile cache is on. tsx reads and analyses every file of every package as well,
// which takes twice the time of the modules themselves.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

// One for every home, so that what the rehearsal compiled is there for everything after it.
const caches = join(__dirname, "..", ".local", "cache");
const cache = join(caches, "typescript");
// Node 20, which may run the official CLI's programs, does not have it.
Module.enableCompileCache?.(join(caches, "node"));
// Node's own: it reads a map only when an error's stack is asked for.
(Module.setSourceMapsSupport ?? process.setSourceMapsEnabled)(true);

const options = {
  format: "cjs",
  platform: "node",
  target: "node22",
  sourcemap: "inline",
  sourcesContent: false,
  // import() becomes require(), which finds TypeScript too.
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
    // Not seen before. Only now, because it takes a process of its own.
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
    // Whole or not at all: other processes read here too.
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A cache that cannot be written costs time only.
  }
}
