import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { localHome } from "../process/home";
import { folderFlag, pulumiLocal } from "../process/command";
import { loadProject, type Project } from "../program/project/project-file";
import { writeFileAtomically } from "../state/atomic-file";
import { CommandError, exitCodes } from "./exit";
import { knownStacks } from "./workspace";

const selection = z.object({ stack: z.string() });

/** The file that names the selected stack of a project, as the Pulumi CLI keeps it in its own home. */
function selectionFile(project: Project): string {
  const folder = createHash("sha1").update(project.root).digest("hex");
  return join(localHome(), "workspaces", `${project.name}-${folder}-workspace.json`);
}

export function selectStack(project: Project, stack: string): void {
  const file = selectionFile(project);
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomically(file, `${JSON.stringify({ stack }, null, 2)}\n`);
}

export function deselectStack(project: Project): void {
  rmSync(selectionFile(project), { force: true });
}

export function selectedStack(project: Project): string | undefined {
  try {
    return selection.parse(JSON.parse(readFileSync(selectionFile(project), "utf8"))).stack;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CommandError(
      `${selectionFile(project)} is not readable; delete it, and select the stack again.`,
    );
  }
}

/** The stack of a command without `-s`. */
export function defaultStack(directory: string): string {
  const project = loadProject(directory);
  const stack = nonEmpty(process.env.PULUMI_STACK) ?? selectedStack(project);
  if (stack !== undefined) return stack;
  throw new CommandError(
    `No stack is selected. Pass -s STACK, or select one: \`${pulumiLocal()} stack select STACK${folderFlag(directory)}\`. ` +
      `The project ${project.name} has ${knownStacks(project).join(", ") || "no stack yet"}.`,
    exitCodes.configuration,
  );
}

const nonEmpty = (text: string | undefined): string | undefined => (text === "" ? undefined : text);
