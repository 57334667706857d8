import type { SecretsManager } from "../../state/secrets-manager";
import { configurationFault } from "../../process/fault";
import type { ConfigDeclaration, ItemType, Project } from "./project-file";
import type { StackFile } from "./stack-file";
import { pulumiLocal, stackFlags } from "../../process/command";

/** The configuration of a stack as the program receives it. */
export interface ResolvedConfig {
  /** By fully qualified key; objects and arrays as JSON text. */
  values: Record<string, string>;
  secretKeys: string[];
}

/** Decrypts `secure:` values of the stack file. Undefined if the key is not available. */
export type ConfigDecrypter = Pick<SecretsManager, "decrypt"> | { unavailable: string };

interface Value {
  /** The value whose type is checked: text for plain scalars, as in the Pulumi CLI. */
  content: unknown;
  text: string;
  secret: boolean;
}

/** The stack's values, or else the project's defaults. One error lists all faults. */
export async function resolveConfig(
  project: Project,
  stack: string,
  file: StackFile,
  decrypter: ConfigDecrypter,
): Promise<ResolvedConfig> {
  const faults: string[] = [];
  const values = new Map<string, Value>();
  const flags = stackFlags({ stack, directory: project.root });
  for (const [key, raw] of file.config) {
    try {
      values.set(key, await decode(raw, decrypter));
    } catch (error) {
      faults.push(`${key} cannot be decrypted: ${(error as Error).message}`);
    }
  }
  for (const [key, declared] of project.config) {
    const preset = declared.default ?? declared.value;
    if (file.config.has(key)) {
      const value = values.get(key);
      if (value !== undefined) {
        const advice = howToSet(key, declared, flags);
        faults.push(...typeFaults(key, declared, value).map((fault) => `${fault}; ${advice}`));
      }
    } else if (preset !== undefined) {
      const value = plainValue(preset);
      faults.push(...typeFaults(key, declared, value));
      values.set(key, value);
    } else if (key.startsWith(`${project.name}:`)) {
      faults.push(`${key} has no value and no default; ${howToSet(key, declared, flags)}`);
    }
  }
  if (faults.length > 0) {
    throw configurationFault(
      `The configuration of stack ${stack} (${file.path}) has faults:`,
      faults,
    );
  }
  const entries = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    values: Object.fromEntries(entries.map(([key, value]) => [key, value.text])),
    secretKeys: entries.flatMap(([key, value]) => (value.secret ? [key] : [])),
  };
}

/** Refuses a value that Pulumi.yaml does not allow for its key, before it is in the file. Encrypted parts are not
 *  checked. */
export function assertDeclared(project: Project, key: string, raw: unknown, secret: boolean): void {
  const declared = project.config.get(key);
  if (declared === undefined) return;
  const faults = typeFaults(key, declared, {
    ...plainValue(raw),
    secret: secret || holdsSecure(raw),
  });
  if (declared.secret === true && !secret && !holdsSecure(raw)) faults.push("add `--secret`");
  if (faults.length > 0) throw configurationFault(`Pulumi.yaml does not allow this value:`, faults);
}

/** Keys of the stack file that hold something encrypted. */
export function secureKeys(file: StackFile): string[] {
  return [...file.config].flatMap(([key, raw]) => (holdsSecure(raw) ? [key] : []));
}

const isSecure = (raw: unknown): raw is { secure: string } =>
  typeof raw === "object" &&
  raw !== null &&
  Object.keys(raw).length === 1 &&
  typeof (raw as Record<string, unknown>).secure === "string";

function holdsSecure(raw: unknown): boolean {
  if (isSecure(raw)) return true;
  return typeof raw === "object" && raw !== null && Object.values(raw).some(holdsSecure);
}

async function decode(raw: unknown, decrypter: ConfigDecrypter): Promise<Value> {
  if (isSecure(raw)) {
    const text = await decrypt(raw.secure, decrypter);
    return { content: text, text, secret: true };
  }
  if (typeof raw !== "object" || raw === null) return plainValue(raw);
  const content = await decodeNested(raw, decrypter);
  return { content, text: JSON.stringify(content), secret: holdsSecure(raw) };
}

async function decodeNested(raw: unknown, decrypter: ConfigDecrypter): Promise<unknown> {
  if (isSecure(raw)) return decrypt(raw.secure, decrypter);
  if (Array.isArray(raw)) {
    return Promise.all(raw.map((element) => decodeNested(element, decrypter)));
  }
  if (typeof raw !== "object" || raw === null) return raw;
  const entries = Object.entries(raw).map(async ([key, value]) => [
    key,
    await decodeNested(value, decrypter),
  ]);
  return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
}

async function decrypt(ciphertext: string, decrypter: ConfigDecrypter): Promise<string> {
  if ("unavailable" in decrypter) throw new Error(decrypter.unavailable);
  return decrypter.decrypt(ciphertext);
}

function plainValue(raw: unknown): Value {
  if (typeof raw === "object" && raw !== null) {
    return { content: raw, text: JSON.stringify(raw), secret: false };
  }
  const text = typeof raw === "string" ? raw : (JSON.stringify(raw ?? undefined) ?? "");
  return { content: text, text, secret: false };
}

function typeFaults(key: string, declared: ConfigDeclaration, value: Value): string[] {
  const faults: string[] = [];
  if (declared.secret === true && !value.secret) {
    faults.push(`${key} is declared as secret but is not encrypted`);
  }
  const { type, items } = declared;
  if (type !== undefined && !matches(value.content, { type, items })) {
    const given = value.secret ? "the secret value given" : value.text === "" ? '""' : value.text;
    faults.push(`${key} is ${given}; it must be of type ${typeName({ type, items })}`);
  }
  return faults;
}

/** As in the Pulumi CLI, numbers and booleans may be given as text. */
function matches(content: unknown, { type, items }: ItemType): boolean {
  if (isSecure(content)) return true;
  switch (type) {
    case "string":
      return typeof content === "string";
    case "integer":
      return (
        Number.isInteger(content) || (typeof content === "string" && /^[+-]?\d+$/.test(content))
      );
    case "boolean":
      return typeof content === "boolean" || content === "true" || content === "false";
    case "object":
      return typeof content === "object" && content !== null && !Array.isArray(content);
    case "array":
      return (
        Array.isArray(content) &&
        content.every((element) => items === undefined || matches(element, items))
      );
    default:
      return false;
  }
}

function typeName({ type, items }: ItemType): string {
  return type === "array" && items !== undefined ? `array<${typeName(items)}>` : type;
}

function howToSet(key: string, declared: ConfigDeclaration, flags: string): string {
  const secret = declared.secret === true ? " --secret" : "";
  const about = declared.description === undefined ? "" : ` (${declared.description})`;
  return `set it with \`${pulumiLocal()} config set${secret} ${key} VALUE ${flags}\`${about}`;
}
