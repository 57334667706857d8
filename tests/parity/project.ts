import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";

const root = resolve(__dirname, "../..");
export const policyPack = join(root, "policy");

/** A project folder of its own for a program of the repository: the program stays where it is, `main` names it, and
 *  the provider plugin is the one that both engines start. */
export function parityProject(folder: string, program: string): string {
  const source = resolve(root, program);
  mkdirSync(folder, { recursive: true });
  const project = parse(readFileSync(join(source, "Pulumi.yaml"), "utf8")) as object;
  const version = (
    JSON.parse(readFileSync(join(root, "node_modules/@pulumi/aws/package.json"), "utf8")) as {
      version: string;
    }
  ).version;
  const providers = [{ name: "aws", path: join(root, "local/provider/plugin"), version }];
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    stringify({ ...project, main: source, plugins: { providers } }),
  );
  for (const file of readdirSync(source)) {
    if (/^Pulumi\..+\.yaml$/.test(file)) cpSync(join(source, file), join(folder, file));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}
