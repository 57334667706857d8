"use strict";
// Runs before any installed package, on any version of Node. Prints one sentence that says what to do, not a stack
// trace.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// npm writes this file last, after all packages are installed and their scripts have run.
const installed = existsSync(join(__dirname, "..", "node_modules", ".package-lock.json"));
const ownNode = Number(process.versions.node.split(".")[0]) >= 22;

if (!installed || !ownNode) {
  const missing = installed ? "Node.js 22, which the packages bring," : "What this needs";
  console.error(`${missing} is not installed: run "npm ci" first, with its install scripts.`);
  process.exit(1);
}
