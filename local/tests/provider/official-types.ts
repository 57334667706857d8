import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import ts from "typescript";

const load = createRequire(__filename);

export interface OfficialField {
  required: boolean;
  /** Of a single value: its TypeScript type. */
  scalar?: string;
  /** Fields of an object, or of the elements of a list or map of objects. */
  fields?: Record<string, OfficialField>;
}

/** Declarations of the official SDK, which is made from the official provider's schema. */
class Declarations {
  private readonly files = new Map<string, ts.SourceFile>();

  private file(path: string): ts.SourceFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const text = readFileSync(load.resolve(`@pulumi/aws/${path}`), "utf8");
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    this.files.set(path, file);
    return file;
  }

  interfaceFields(path: string, name: string): Record<string, OfficialField> {
    const members = this.findInterface(this.file(path), name.split("."));
    return this.fieldsOf(members);
  }

  /** Output properties of a resource class. */
  outputs(path: string, name: string): Set<string> {
    const found = new Set<string>();
    this.file(path).forEachChild((node) => {
      if (!ts.isClassDeclaration(node) || node.name?.text !== name) return;
      for (const member of node.members) {
        if (!ts.isPropertyDeclaration(member) || !member.type) continue;
        if (member.type.getText().includes("Output<")) found.add(member.name.getText());
      }
    });
    return found;
  }

  private fieldsOf(members: ts.PropertySignature[]): Record<string, OfficialField> {
    return Object.fromEntries(
      members.map((member) => {
        const reference = /inputs\.([A-Za-z0-9]+\.[A-Za-z0-9]+)/.exec(member.type?.getText() ?? "");
        const name = reference?.[1];
        const fields =
          name === undefined ? undefined : this.interfaceFields("types/input.d.ts", name);
        const scalar = /^pulumi\.Input<(string|number|boolean)\b/.exec(
          member.type?.getText() ?? "",
        )?.[1];
        const required = member.questionToken === undefined;
        return [member.name.getText(), { required, scalar, fields }];
      }),
    );
  }

  private findInterface(within: ts.Node, names: string[]): ts.PropertySignature[] {
    const [first, ...rest] = names;
    let found: ts.PropertySignature[] | undefined;
    const look = (node: ts.Node): void => {
      if (ts.isModuleDeclaration(node) && node.name.text === first && node.body !== undefined) {
        found = this.findInterface(node.body, rest);
      } else if (ts.isInterfaceDeclaration(node) && rest.length === 0 && node.name.text === first) {
        found = node.members.filter(ts.isPropertySignature);
      } else if (found === undefined && ts.isModuleBlock(node)) node.forEachChild(look);
    };
    within.forEachChild(look);
    return found ?? [];
  }
}

const declarations = new Declarations();

/** What the official provider's type takes and gives; the token is `aws:<module>/<file>:<Name>`. */
export function officialType(token: string): {
  inputs: Record<string, OfficialField>;
  outputs: Set<string>;
} {
  const [, place = "", name = ""] = token.split(":");
  const path = `${place}.d.ts`;
  return {
    inputs: declarations.interfaceFields(path, `${name}Args`),
    outputs: declarations.outputs(path, name),
  };
}
