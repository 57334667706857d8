import type { PolicyResource } from "@pulumi/policy";
import * as policy from "@pulumi/policy";

// Exported by the package for tests, but missing in its type declarations.
const { unknownCheckingProxy } = policy as unknown as {
  unknownCheckingProxy: (props: object) => Record<string, unknown>;
};

/** The engine's marker for a string that a preview cannot know. */
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** When the stack is checked: before the first update, or after it. */
export type Moment = "first preview" | "deployed";

/** A value made from the outputs of other resources. In the first preview it is unknown, but its dependencies are
 *  known. */
export class OutputOf {
  readonly resources: string[];
  constructor(
    resources: string | string[],
    readonly value: unknown,
  ) {
    this.resources = [resources].flat();
  }
}

export interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  ignoreChanges?: string[];
  /** Inputs of its provider, if that is not the default provider. */
  provider?: Record<string, unknown>;
  /** Known once the resource exists. */
  outputs?: Record<string, unknown>;
}

export type DeclaredStack = Declared[];

/** The resources of the stack as the policy SDK passes them to a rule. */
export function resourcesOf(stack: DeclaredStack, moment: Moment): PolicyResource[] {
  const resources = stack.map((declared): PolicyResource => {
    const outputs = Object.entries(declared.outputs ?? {}).map(
      ([key, value]) => [key, moment === "deployed" ? value : unknownString] as const,
    );
    const inputs = Object.entries(declared.inputs).map(
      ([key, value]) => [key, render(value, moment)] as const,
    );
    return {
      type: declared.type,
      name: declared.name,
      urn: `urn:pulumi:dev::files::${declared.type}::${declared.name}`,
      props: unknownCheckingProxy(Object.fromEntries([...outputs, ...inputs])),
      opts: {
        protect: false,
        ignoreChanges: declared.ignoreChanges ?? [],
        aliases: [],
        customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
        additionalSecretOutputs: [],
      },
      ...(declared.provider === undefined
        ? {}
        : {
            provider: {
              type: "pulumi:providers:aws",
              name: "other",
              urn: "urn:pulumi:dev::files::pulumi:providers:aws::other",
              props: unknownCheckingProxy(declared.provider),
            },
          }),
      dependencies: [],
      propertyDependencies: {},
      isType: () => false,
      asType: () => undefined,
    };
  });
  for (const [index, { inputs }] of stack.entries()) {
    for (const [property, value] of Object.entries(inputs)) {
      const names = dependenciesOf(value);
      const behind = resources.filter(({ name }) => names.includes(name));
      resources[index]!.propertyDependencies[property] = behind;
      resources[index]!.dependencies.push(...behind);
    }
  }
  return resources;
}

function render(value: unknown, moment: Moment): unknown {
  if (value instanceof OutputOf) return moment === "deployed" ? value.value : unknownString;
  if (Array.isArray(value)) return value.map((element) => render(element, moment));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, render(inner, moment)]),
  );
}

function dependenciesOf(value: unknown): string[] {
  if (value instanceof OutputOf) return value.resources;
  return typeof value === "object" && value !== null
    ? Object.values(value).flatMap(dependenciesOf)
    : [];
}

/** The stack with changed inputs of one resource. `undefined` removes an input. */
export function change(
  stack: DeclaredStack,
  name: string,
  inputs: Record<string, unknown>,
): DeclaredStack {
  if (!stack.some((declared) => declared.name === name)) throw new Error(`no resource "${name}"`);
  return stack.map((declared) =>
    declared.name === name
      ? { ...declared, inputs: defined({ ...declared.inputs, ...inputs }) }
      : declared,
  );
}

const defined = (inputs: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));

export function without(stack: DeclaredStack, name: string): DeclaredStack {
  if (!stack.some((declared) => declared.name === name)) throw new Error(`no resource "${name}"`);
  return stack.filter((declared) => declared.name !== name);
}
