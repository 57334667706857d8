/** A resource as `pulumi-local stack export` tells it. */
export interface DeployedResource {
  urn: string;
  type: string;
  id?: string;
  outputs: Record<string, unknown>;
}
