#!/usr/bin/env node
"use strict";
const { runCommand } = require("../../start/command.js");

runCommand("ops", __filename, () => require("../cli/main.ts"));
