#!/usr/bin/env node
"use strict";
const { runCommand } = require("../../start/command.js");

runCommand("pulumi-local", __filename, () => require("../cli/main.ts"));
