#!/usr/bin/env node
"use strict";
const path = require("node:path");

const root = path.resolve(__dirname, "../..");

/** The SDKs need Node 22. The npm package `node` installs it, so the version of Node on the machine does not matter. */
function runOnOwnNode() {
  const { spawn } = require("node:child_process");
  const node = path.join(root, "node_modules", ".bin", "node");
  const child = spawn(node, [__filename, ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends Ctrl-C to the child too. This process only waits until the child ends.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => {
    console.error(
      `pulumi-local needs Node 22 or newer, and ${node} could not be started: ${error.message}`,
    );
    console.error("Install the dependencies, with their install scripts: npm ci");
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
}

async function run() {
  require("../../start/typescript.cjs");
  const { main } = require("../cli/main.ts");
  const code = await main(process.argv.slice(2));
  // Exit after stdout is written. Whatever still runs is not needed.
  process.stdout.write("", () => process.exit(code));
}

if (Number(process.versions.node.split(".")[0]) < 22) runOnOwnNode();
else void run();
