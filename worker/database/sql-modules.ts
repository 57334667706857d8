import { readFileSync } from "node:fs";

/** Lets `import text from "./x.sql"` give the file's text where the sources run as they are; in the
 *  bundle esbuild has put the text in place and nothing asks this. */
if (require.extensions !== undefined) {
  require.extensions[".sql"] = (module, fileName) => {
    module.exports = readFileSync(fileName, "utf8");
  };
}
