import { join, relative } from "node:path";
import { packageRoot } from "./home";

/** The command `pulumi-local` as the user can run it in the current folder. Not `npx pulumi-local`: outside of the
 *  clone, npx would ask the npm registry for a package with this name, which is not ours. */
export function pulumiLocal(): string {
  return relative(process.cwd(), join(packageRoot, "node_modules", ".bin", "pulumi-local"));
}
