import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { packageRoot } from "../local/process/home";
import { environment, rehearsalHome } from "./rehearsal";

interface ProjectFolder {
  system: string;
  /** Where the folder is; by default the rehearsal's home. */
  home?: string;
  /** Its name there. */
  name: string;
  /** Another program than the system's own. */
  main?: string;
  /** Values beside or instead of those in the stack's file, without the project's name. */
  config?: Record<string, unknown>;
}

/** Another project folder for a system, with another program or configuration. Resolves to its path. */
export async function projectFolder({
  system,
  home = rehearsalHome,
  name,
  main,
  config = {},
}: ProjectFolder): Promise<string> {
  const source = join(packageRoot, "systems", system);
  const folder = join(home, name);
  await mkdir(folder, { recursive: true });
  // Relative paths in Pulumi.yaml are relative to the system's folder.
  const text = await readFile(join(source, "Pulumi.yaml"), "utf8");
  const project = parse(text.replace("-r ../", `-r ${source}/../`)) as object;
  await writeFile(
    join(folder, "Pulumi.yaml"),
    stringify({ ...project, main: relative(folder, main ?? source) }),
  );
  const file = `Pulumi.${environment}.yaml`;
  const stack = parse(await readFile(join(source, file), "utf8")) as {
    config: Record<string, unknown>;
  };
  const own = Object.entries(config).map(([key, value]) => [`${system}:${key}`, value] as const);
  await writeFile(
    join(folder, file),
    stringify({ config: { ...stack.config, ...Object.fromEntries(own) } }),
  );
  return folder;
}
