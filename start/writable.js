"use strict";
// Runs before every script that writes to .local/. Prints one sentence that says what is wrong, not a stack trace.
const { accessSync, constants, mkdirSync } = require("node:fs");
const { join } = require("node:path");

const folder = join(__dirname, "..", ".local");
try {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK | constants.X_OK);
} catch {
  console.error(
    `${folder} must be a folder that you can write to: the embedded cloud and its data are kept in it.`,
  );
  process.exit(1);
}
