"use strict";
// Runs before whatever keeps something under .local/: says what is wrong instead of a stack trace.
const { accessSync, constants, mkdirSync } = require("node:fs");
const { join } = require("node:path");

const folder = join(__dirname, "..", ".local");
try {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK | constants.X_OK);
} catch {
  console.error(
    `${folder} must be a folder that you can write to: everything that is made here is kept in it.`,
  );
  process.exit(1);
}
