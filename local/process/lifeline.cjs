"use strict";
// Loaded with --require into processes that the command line starts: descriptor 3 is a pipe from it, and
// when it closes, this process ends too. It closes however the command line ends.
const { Socket } = require("node:net");

const lifeline = new Socket({ fd: 3, readable: true, writable: false });
lifeline.on("error", () => process.exit(1));
lifeline.on("close", () => process.exit(1));
lifeline.resume();
lifeline.unref();
