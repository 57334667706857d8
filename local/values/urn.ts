/** `urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>`; the name may itself contain "::". */
const prefix = "urn:pulumi:";

export const rootStackType = "pulumi:pulumi:Stack";
const providerTypePrefix = "pulumi:providers:";

/** The placeholder in a reference to a provider whose id is unknown before the update. */
export const unknownId = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface UrnParts {
  stack: string;
  project: string;
  qualifiedType: string;
  type: string;
  name: string;
}

export function parseUrn(urn: string): UrnParts {
  const [stack, project, qualifiedType, ...name] = urn.slice(prefix.length).split("::");
  if (!urn.startsWith(prefix) || name.length === 0 || qualifiedType === undefined) {
    throw new Error(
      `"${urn}" is not a URN; one has the form urn:pulumi:STACK::PROJECT::TYPE::NAME`,
    );
  }
  return {
    stack: stack ?? "",
    project: project ?? "",
    qualifiedType,
    type: qualifiedType.slice(qualifiedType.lastIndexOf("$") + 1),
    name: name.join("::"),
  };
}

/** `parentType` is the qualified type of the parent; children of the stack have none in their URN. */
export function createUrn(
  stack: string,
  project: string,
  parentType: string,
  type: string,
  name: string,
): string {
  const qualifiedType = parentType === "" ? type : `${parentType}$${type}`;
  return `${prefix}${stack}::${project}::${qualifiedType}::${name}`;
}

export function parentTypeOf(parent: string): string {
  if (parent === "") return "";
  const { qualifiedType } = parseUrn(parent);
  return qualifiedType === rootStackType ? "" : qualifiedType;
}

export function packageOf(type: string): string {
  return type.split(":")[0] ?? "";
}

export function isProviderType(type: string): boolean {
  return type.startsWith(providerTypePrefix);
}

export function providerType(packageName: string): string {
  return `${providerTypePrefix}${packageName}`;
}

export function providerPackage(type: string): string {
  return type.slice(providerTypePrefix.length);
}

/** Providers that the engine creates if a resource names none. They are not part of the program, so they are
 *  neither shown nor counted. */
export function isDefaultProvider(urn: string): boolean {
  const { type, name } = parseUrn(urn);
  return isProviderType(type) && (name === "default" || name.startsWith("default_"));
}

/** A resource's `provider` field: the provider's URN and id. */
export function parseProviderReference(reference: string): { urn: string; id: string } {
  const at = reference.lastIndexOf("::");
  if (at < 0) throw new Error(`"${reference}" is not a reference to a provider (URN::ID)`);
  return { urn: reference.slice(0, at), id: reference.slice(at + 2) };
}

export function providerReference(urn: string, id: string): string {
  return `${urn}::${id}`;
}
