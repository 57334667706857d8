import { join, relative } from "node:path";
import { packageRoot } from "./home";

/** `pulumi-local` as a person can paste it in the current folder. Not `npx pulumi-local`: outside of the
 *  clone that would ask a registry for a package of this name, which is not ours. */
export function pulumiLocal(): string {
  return relative(process.cwd(), join(packageRoot, "node_modules", ".bin", "pulumi-local"));
}
