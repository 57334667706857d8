#!/usr/bin/env node
"use strict";
const path = require("node:path");

const root = path.resolve(__dirname, "../..");

/** The SDKs need Node 22; the package `node` brings it, whatever the machine has. */
function runOnOwnNode() {
  const { spawn } = require("node:child_process");
  const node = path.join(root, "node_modules", ".bin", "node");
  const child = spawn(node, [__filename, ...process.argv.slice(2)], { stdio: "inherit" });
  // Ctrl-C reaches the child by itself; this process only waits for what it makes of it.
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
  // Once stdout has taken everything; what still runs is of no use to anybody.
  process.stdout.write("", () => process.exit(code));
}

if (Number(process.versions.node.split(".")[0]) < 22) runOnOwnNode();
else void run();
