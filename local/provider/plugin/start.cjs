"use strict";
// Loads the provider's TypeScript. The directory the plugin was started in stays the current one:
// relative paths of assets start there.
require("../../../start/typescript.cjs");
require("../main.ts");
