"use strict";
const path = require("node:path");

const ownNode = path.join(__dirname, "..", "node_modules", ".bin", "node");

/** Runs a command line of this project: `main` of the module that `load` returns gets the parameters and resolves to
 *  the exit code. The SDKs need Node 22. The npm package `node` installs it, so the version of Node on the machine
 *  does not matter. */
exports.runCommand = (name, file, load) => {
  if (Number(process.versions.node.split(".")[0]) < 22) runOnOwnNode(name, file);
  else void run(load);
};

function runOnOwnNode(name, file) {
  const { spawn } = require("node:child_process");
  const child = spawn(ownNode, [file, ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends Ctrl-C to the child too. This process only waits until the child ends.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => {
    console.error(
      `${name} needs Node 22 or newer, and ${ownNode} could not be started: ${error.message}`,
    );
    console.error("Install the dependencies, with their install scripts: npm ci");
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
}

async function run(load) {
  require("./typescript.cjs");
  const code = await load().main(process.argv.slice(2));
  // Exit after stdout is written. Whatever still runs is not needed.
  process.stdout.write("", () => process.exit(code));
}
