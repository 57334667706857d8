"use strict";
// Loads the provider's TypeScript. The directory the plugin was started in stays the current one:
// relative paths of assets start there.
const { mkdirSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join, resolve } = require("node:path");

const home = process.env.PULUMI_LOCAL_HOME ?? join(__dirname, "../../../.local");
const cache = resolve(home, "cache", "node");
mkdirSync(cache, { recursive: true });
enableCompileCache(cache);
require("tsx/cjs");
require("../main.ts");
