/** A resource in the output of `pulumi-local stack export`. */
export interface DeployedResource {
  urn: string;
  type: string;
  id?: string;
  outputs: Record<string, unknown>;
}
