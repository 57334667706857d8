import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import type { TestAccount } from "../../../tests/support/cloud";
import { projectElsewhere } from "../../../tests/support/system-config";

const root = resolve(__dirname, "../../..");
export const policyPack = join(root, "policy");

export interface Program {
  /** Folder of the project, from the root of the repository. */
  project: string;
  /** Another program in the place of the project's own. */
  main?: string;
  /** Configuration that differs from account to account: names that are unique in all of them. */
  config?: (accountId: string) => Record<string, string>;
  /** What an account must have before the first update. */
  prepare?: (account: TestAccount) => Promise<void>;
}

/** A project folder of its own for a program of the repository: the program stays where it is, `main` names it, and
 *  the provider plugin is the one that both engines start. */
export function parityProject(folder: string, program: Program, accountId: string): string {
  const source = resolve(root, program.project);
  mkdirSync(folder, { recursive: true });
  const version = (
    JSON.parse(readFileSync(join(root, "node_modules/@pulumi/aws/package.json"), "utf8")) as {
      version: string;
    }
  ).version;
  const providers = [{ name: "aws", path: join(root, "local/provider/plugin"), version }];
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    stringify({
      ...projectElsewhere(source),
      ...(program.main === undefined ? {} : { main: resolve(root, program.main) }),
      plugins: { providers },
    }),
  );
  for (const file of readdirSync(source)) {
    if (!/^Pulumi\..+\.yaml$/.test(file)) continue;
    const stack = parse(readFileSync(join(source, file), "utf8")) as { config: object };
    const config = { ...stack.config, ...program.config?.(accountId) };
    writeFileSync(join(folder, file), stringify({ ...stack, config }));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}
