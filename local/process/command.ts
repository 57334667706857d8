import { join, relative, resolve } from "node:path";
import { packageRoot } from "./home";

/** The command `pulumi-local` as the user can run it in the current folder. Not `npx pulumi-local`: outside of the
 *  clone, npx would ask the npm registry for a package with this name, which is not ours. */
export function pulumiLocal(): string {
  return relative(process.cwd(), join(packageRoot, "node_modules", ".bin", "pulumi-local"));
}

/** The flag for a project's folder, with a space before it, as the user can copy it in the current folder. */
export function folderFlag(directory: string): string {
  const folder = relative(process.cwd(), resolve(directory));
  return folder === "" ? "" : ` -C ${folder}`;
}

/** The flags for a stack. */
export const stackFlags = ({ stack, directory }: { stack: string; directory: string }): string =>
  `-s ${stack}${folderFlag(directory)}`;
