import {
  archiveFromPlain,
  archiveToPlain,
  assetFromPlain,
  assetToPlain,
} from "../values/asset-values";
import type { SecretsManager } from "./secrets-manager";
import {
  Archive,
  Asset,
  ResourceReference,
  Secret,
  Unknown,
  type PropertyMap,
  type PropertyValue,
} from "../values/property-value";
import {
  archiveSignature,
  assetSignature,
  floatSignature,
  resourceReferenceSignature,
  secretSignature,
  signatureKey,
  unknownString,
} from "../values/signatures";

type Plain = Record<string, unknown>;

/** Properties to and from the JSON of a checkpoint, secrets encrypted. A secret whose value did not change
 *  keeps its ciphertext, so that an unchanged stack has an unchanged state. */
export class CheckpointValues {
  /** By position (resource and property) and plaintext, so that equal secrets at different positions have different
   *  ciphertexts. */
  private readonly ciphertexts = new Map<string, string>();

  constructor(private readonly secrets: SecretsManager) {}

  async write(map: PropertyMap, place: string): Promise<Plain> {
    const plain: Plain = {};
    for (const key of Object.keys(map).sort()) {
      plain[key] = await this.toPlain(map[key] ?? null, `${place}.${key}`);
    }
    return plain;
  }

  async read(plain: Plain, place: string): Promise<PropertyMap> {
    const map: PropertyMap = {};
    for (const [key, value] of Object.entries(plain)) {
      map[key] = await this.fromPlain(value, `${place}.${key}`);
    }
    return map;
  }

  private async toPlain(value: PropertyValue, place: string): Promise<unknown> {
    if (value instanceof Unknown) return unknownString;
    if (value instanceof Secret) return this.encrypted(value, place);
    if (value instanceof Asset) return assetToPlain(value);
    if (value instanceof Archive) return archiveToPlain(value);
    if (value instanceof ResourceReference) return plainReference(value);
    if (Array.isArray(value)) {
      const elements: unknown[] = [];
      for (const [index, element] of value.entries()) {
        elements.push(await this.toPlain(element, `${place}[${index}]`));
      }
      return elements;
    }
    if (typeof value === "number" && !Number.isFinite(value)) return plainFloat(value);
    return typeof value === "object" && value !== null ? this.write(value, place) : value;
  }

  private async encrypted(secret: Secret, place: string): Promise<Plain> {
    const plaintext = JSON.stringify(await this.toPlain(nested(secret.element), place));
    const key = `${place}\0${plaintext}`;
    const ciphertext = this.ciphertexts.get(key) ?? (await this.secrets.encrypt(plaintext));
    this.ciphertexts.set(key, ciphertext);
    return { [signatureKey]: secretSignature, ciphertext };
  }

  private async fromPlain(plain: unknown, place: string): Promise<PropertyValue> {
    if (plain === unknownString) return Unknown.value;
    if (Array.isArray(plain)) {
      const elements: PropertyValue[] = [];
      for (const [index, element] of plain.entries()) {
        elements.push(await this.fromPlain(element, `${place}[${index}]`));
      }
      return elements;
    }
    if (typeof plain !== "object" || plain === null) return plain as PropertyValue;
    const object = plain as Plain;
    switch (object[signatureKey]) {
      case assetSignature:
        return assetFromPlain(object);
      case archiveSignature:
        return archiveFromPlain(object);
      case secretSignature:
        return this.decrypted(object, place);
      case resourceReferenceSignature:
        return reference(object);
      case floatSignature:
        return float(object);
      default:
        return this.read(object, place);
    }
  }

  private async decrypted(plain: Plain, place: string): Promise<Secret> {
    const { ciphertext, plaintext } = plain;
    if (typeof plaintext === "string") {
      return new Secret(await this.fromPlain(JSON.parse(plaintext), place));
    }
    if (typeof ciphertext !== "string") {
      throw new Error(`The secret at ${place} has neither a ciphertext nor a plaintext`);
    }
    const text = await this.secrets.decrypt(ciphertext);
    this.ciphertexts.set(`${place}\0${text}`, ciphertext);
    return new Secret(await this.fromPlain(JSON.parse(text), place));
  }
}

/** Values inside a secret are not encrypted again. */
function nested(value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return nested(value.element);
  if (Array.isArray(value)) return value.map(nested);
  if (
    typeof value !== "object" ||
    value === null ||
    value instanceof Unknown ||
    value instanceof Asset ||
    value instanceof Archive ||
    value instanceof ResourceReference
  ) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nested(inner)]));
}

/** JSON has no NaN and no infinity, so they are written as hexadecimal bits. */
function plainFloat(value: number): Plain {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  return { [signatureKey]: floatSignature, value: bits.getBigUint64(0).toString(16) };
}

function float({ value }: Plain): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setBigUint64(0, BigInt(`0x${String(value)}`));
  return bits.getFloat64(0);
}

function plainReference(value: ResourceReference): Plain {
  return {
    [signatureKey]: resourceReferenceSignature,
    urn: value.urn,
    packageVersion: value.packageVersion ?? "",
    ...(value.id === undefined ? {} : { id: value.id instanceof Unknown ? "" : value.id }),
  };
}

function reference(plain: Plain): ResourceReference {
  const { urn, id, packageVersion } = plain;
  if (typeof urn !== "string") throw new Error("A resource reference in the state has no URN");
  return new ResourceReference(
    urn,
    typeof id === "string" ? (id === "" ? Unknown.value : id) : undefined,
    typeof packageVersion === "string" && packageVersion !== "" ? packageVersion : undefined,
  );
}
