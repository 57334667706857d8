import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { writeFileAtomically } from "../../state/atomic-file";
import type { DeploymentV3 } from "../../state/deployment";
import { stateSecrets, type StateSecrets } from "../../state/secrets";
import { secretSignature, signatureKey } from "../../values/signatures";
import { CommandError } from "../exit";
import { forStack } from "../stack-options";
import { deployed, openWorkspace, type StackOptions } from "../workspace";

/** `stack export` and `stack import`. */
export function addStackState(stack: Command): void {
  forStack(stack.command("export"))
    .description("Print the state, as `pulumi stack export` does")
    .option("--show-secrets", "with unencrypted secrets")
    .option("--file <file>", "file to write")
    .action(exportState);
  forStack(stack.command("import"))
    .description("Replace the state by an exported one")
    .option("--file <file>", "file to read instead of standard input")
    .action(importState);
}

async function exportState(
  options: StackOptions & { showSecrets?: boolean; file?: string },
): Promise<void> {
  const workspace = openWorkspace(options);
  let deployment: unknown = deployed(workspace, options);
  if (options.showSecrets === true) deployment = await inClear(deployment, workspace.secrets);
  const text = `${JSON.stringify({ version: 3, deployment }, null, 4)}\n`;
  if (options.file === undefined) process.stdout.write(text);
  else {
    writeFileAtomically(options.file, text);
    process.stderr.write(`Exported stack ${workspace.stack} to ${options.file}.\n`);
  }
}

const exported = z.object({
  version: z.literal(3, "only exports of version 3 can be read here"),
  deployment: z.looseObject({
    manifest: z.looseObject({ time: z.string() }),
    resources: z.array(z.looseObject({ urn: z.string(), type: z.string() })).optional(),
  }),
});

async function importState(options: StackOptions & { file?: string }): Promise<void> {
  const text = readFileSync(options.file ?? 0, "utf8");
  const parsed = exported.safeParse(jsonOf(text));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `  - ${issue.path.join(".")}: ${issue.message}`,
    );
    throw new CommandError(["This is not an exported stack:", ...faults].join("\n"));
  }
  const workspace = openWorkspace(options);
  const { backend, reference, project, stack, home, file } = workspace;
  const prefix = `urn:pulumi:${stack}::${project.name}::`;
  const strangers = (parsed.data.deployment.resources ?? []).filter(
    ({ urn }) => !urn.startsWith(prefix),
  );
  if (strangers.length > 0) {
    throw new CommandError(
      [
        `The export belongs to another stack than ${project.name}/${stack}:`,
        ...strangers.slice(0, 5).map(({ urn }) => `  - ${urn}`),
      ].join("\n"),
    );
  }
  const lock = backend.lock(reference);
  try {
    const clear = parsed.data.deployment as unknown as DeploymentV3;
    // The salt of the export: its encrypted values were encrypted with it.
    const secrets = stateSecrets(home, clear, file.encryptionSalt);
    const hidden = (await encrypted(clear, secrets)) as DeploymentV3;
    backend.checkpoint(reference).write({ ...hidden, secrets_providers: await secrets.provider() });
  } finally {
    lock.release();
  }
  const count = parsed.data.deployment.resources?.length ?? 0;
  process.stdout.write(`Imported ${count} resources into stack ${stack}.\n`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`This is not an exported stack: ${(error as Error).message}.`);
  }
}

type Plain = Record<string, unknown>;

/** Every secret of a state passed through `change`. */
async function mapSecrets(
  value: unknown,
  change: (secret: Plain) => Promise<Plain>,
): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((element) => mapSecrets(element, change)));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Plain;
  if (object[signatureKey] === secretSignature) return change(object);
  const entries = Object.entries(object).map(async ([key, inner]) => [
    key,
    await mapSecrets(inner, change),
  ]);
  return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
}

const inClear = (state: unknown, secrets: StateSecrets) =>
  mapSecrets(state, async ({ ciphertext, ...secret }) =>
    typeof ciphertext === "string"
      ? { ...secret, plaintext: await secrets.decrypt(ciphertext) }
      : secret,
  );

const encrypted = (state: unknown, secrets: StateSecrets) =>
  mapSecrets(state, async ({ plaintext, ...secret }) =>
    typeof plaintext === "string"
      ? { ...secret, ciphertext: await secrets.encrypt(plaintext) }
      : secret,
  );
