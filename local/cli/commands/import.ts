import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { importedUrn, type Imported } from "../../program/import-program";
import { CheckpointValues } from "../../state/checkpoint-values";
import { programText } from "../display/program-text";
import { CommandError, exitCodes } from "../exit";
import { forStack } from "../stack-options";
import { openWorkspace, type StackOptions } from "../workspace";
import { operationDefaults } from "./operation";

interface Flags extends StackOptions {
  parent?: string;
  file?: string;
  protect: boolean;
  yes?: boolean;
  previewOnly?: boolean;
  skipPreview?: boolean;
  json?: boolean;
}

/** The file of `pulumi import --file`. */
const list = z.object({
  nameTable: z.record(z.string(), z.string()).optional(),
  resources: z.array(
    z.object({
      type: z.string(),
      name: z.string(),
      id: z.string(),
      parent: z.string().optional(),
    }),
  ),
});

export function addImport(program: Command, done: (code: number) => void): void {
  forStack(program.command("import"))
    .description(
      "Take resources that exist under the stack, as they are, and print their program text",
    )
    .argument("[type]", "such as aws:sqs/queue:Queue")
    .argument("[name]", "name in the program")
    .argument("[id]", "as the provider's page for the type says; a queue's is its URL")
    .option("--parent <urn>", "the component that they are a child of")
    .option("--file <file>", 'a list: {"resources": [{"type": …, "name": …, "id": …}]}')
    .option("--no-protect", "without the protection against deletion")
    .option("-y, --yes", "do not ask")
    .option("--preview-only", "show what would be imported; change nothing")
    .option("-f, --skip-preview", "import without a preview")
    .option("--json", "print the result as one JSON document on stdout")
    .action(
      async (
        type: string | undefined,
        name: string | undefined,
        id: string | undefined,
        flags: Flags,
      ) => {
        const resources = resourcesOf([type, name, id], flags);
        const { runVerb } = await import("../run-verb");
        const imports = { resources, protect: flags.protect };
        const code = await runVerb("import", { ...operationDefaults, ...flags, imports });
        if (code === exitCodes.success && flags.previewOnly !== true && flags.json !== true) {
          await printProgram(flags, resources);
        }
        done(code);
      },
    );
}

function resourcesOf(named: (string | undefined)[], { file, parent }: Flags): Imported[] {
  const [type, name, id] = named;
  if (file !== undefined) {
    if (type !== undefined) {
      throw new CommandError(
        "Pass either TYPE NAME ID or --file, not both.",
        exitCodes.configuration,
      );
    }
    return resourcesOfFile(file);
  }
  if (type === undefined || name === undefined || id === undefined) {
    throw new CommandError(
      "Pass TYPE NAME ID, such as `import aws:sqs/queue:Queue jobs QUEUE_URL`, or --file.",
      exitCodes.configuration,
    );
  }
  return [{ type, name, id, ...(parent === undefined ? {} : { parent }) }];
}

function resourcesOfFile(file: string): Imported[] {
  const { nameTable = {}, resources } = parseList(file);
  const unknown = resources.flatMap(({ parent }) =>
    parent === undefined || parent in nameTable || parent.startsWith("urn:") ? [] : [parent],
  );
  if (unknown.length > 0) {
    throw new CommandError(
      `${file} names parents that its nameTable does not have: ${unknown.join(", ")}.`,
      exitCodes.configuration,
    );
  }
  return resources.map(({ parent, ...rest }) =>
    parent === undefined ? rest : { ...rest, parent: nameTable[parent] ?? parent },
  );
}

function parseList(file: string): z.output<typeof list> {
  try {
    return list.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new CommandError(`${file} is no list of resources:\n${why}`, exitCodes.configuration);
  }
}

async function printProgram(flags: Flags, resources: Imported[]): Promise<void> {
  const { base, secrets, project, stack } = openWorkspace(flags);
  const values = new CheckpointValues(secrets);
  process.stdout.write("\nAdd this to the program, or the next `up` will want to delete it:\n\n");
  for (const imported of resources) {
    const urn = importedUrn({ project: project.name, stack }, imported);
    const state = base?.resources?.find((resource) => resource.urn === urn);
    const inputs = await values.read(state?.inputs ?? {}, "inputs");
    process.stdout.write(`${programText({ ...imported, inputs, protect: flags.protect })}\n`);
  }
}
