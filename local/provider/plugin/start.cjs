"use strict";
// Loads the provider's TypeScript. The current folder does not change:
// relative paths of assets start there.
require("../../../start/typescript.cjs");
require("../main.ts");
