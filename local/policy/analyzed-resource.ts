import type { PropertyMap } from "../values/property-value";

/** A resource as policies receive it. It is sent as `pulumirpc.AnalyzerResource`. */
export interface AnalyzedResource {
  urn: string;
  type: string;
  name: string;
  properties: PropertyMap;
  parent?: string;
  provider?: { urn: string; type: string; name: string; properties: PropertyMap };
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  options: {
    protect: boolean;
    ignoreChanges: string[];
    deleteBeforeReplace?: boolean;
    aliases: string[];
    additionalSecretOutputs: string[];
    customTimeouts: { create: number; update: number; delete: number };
  };
}
