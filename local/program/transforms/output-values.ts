import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  outputValueSignature,
  secretSignature,
  signatureKey,
  unknownSentinels,
} from "../../values/signatures";
import { parseWire, type Plain } from "../../values/wire-values";

/** Inputs as a transform receives them. Secrets and unknowns are outputs, and so is every property that depends on
 *  another resource, so that the dependency moves with the value. */
export function withOutputValues(
  inputs: Struct | undefined,
  dependencies: ReadonlyMap<string, string[]>,
): Struct {
  const carried = parseWire(inputs).dependencies;
  const upgraded: { [key: string]: Plain } = {};
  for (const [key, value] of Object.entries(inputs?.toJavaScript() ?? {})) {
    const wanted = dependencies.get(key) ?? [];
    const isCarried = wanted.every((urn) => carried[key]?.has(urn));
    const plain = upgrade(value as Plain);
    upgraded[key] = isCarried ? plain : withDependencies(plain, wanted);
  }
  return Struct.fromJavaScript(upgraded);
}

function upgrade(plain: Plain): Plain {
  if (typeof plain === "string") {
    return unknownSentinels.has(plain) ? { [signatureKey]: outputValueSignature } : plain;
  }
  if (plain === null || typeof plain !== "object") return plain;
  if (Array.isArray(plain)) return plain.map(upgrade);
  switch (plain[signatureKey]) {
    case secretSignature:
      return {
        [signatureKey]: outputValueSignature,
        secret: true,
        value: upgrade(plain.value ?? null),
      };
    case outputValueSignature:
      return plain.value === undefined ? plain : { ...plain, value: upgrade(plain.value) };
    case undefined:
      return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, upgrade(value)]));
    default:
      return plain;
  }
}

function withDependencies(plain: Plain, urns: string[]): Plain {
  const output = isMarked(plain, outputValueSignature)
    ? plain
    : { [signatureKey]: outputValueSignature, value: plain };
  const own = Array.isArray(output.dependencies) ? output.dependencies : [];
  return { ...output, dependencies: [...new Set([...own, ...urns])] };
}

function isMarked(plain: Plain, signature: string): plain is { [key: string]: Plain } {
  return (
    typeof plain === "object" &&
    plain !== null &&
    !Array.isArray(plain) &&
    plain[signatureKey] === signature
  );
}
