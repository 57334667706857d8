/** Property values in the engine: plain JSON, and the additional types of Pulumi's protocol.
 *  In the protocol and in a checkpoint these types are objects with signature keys. Here they are classes,
 *  so that only the (un)marshalling code uses the signatures. */
export type PropertyValue =
  | null
  | boolean
  | number
  | string
  | PropertyValue[]
  | PropertyMap
  | Unknown
  | Secret
  | Asset
  | Archive
  | ResourceReference;

export interface PropertyMap {
  [key: string]: PropertyValue;
}

/** A value that is only known after an update. */
export class Unknown {
  static readonly value = new Unknown();
}

export class Secret {
  constructor(readonly element: PropertyValue) {}
}

export class Asset {
  /** `hash` is the SHA-256 of the content in hex. Exactly one of the sources is set. */
  constructor(
    readonly source: { text?: string; path?: string; uri?: string },
    readonly hash: string,
  ) {}
}

export class Archive {
  constructor(
    readonly source: { assets?: Record<string, Asset | Archive>; path?: string; uri?: string },
    readonly hash: string,
  ) {}
}

export class ResourceReference {
  /** `id` is absent for component resources; Unknown while the resource is not created. */
  constructor(
    readonly urn: string,
    readonly id?: string | Unknown,
    readonly packageVersion?: string,
  ) {}
}
