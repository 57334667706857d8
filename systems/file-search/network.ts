import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { commandName } from "../configuration";
import type { FileSearchConfig } from "./config";

export interface Network {
  vpcId: string;
  subnetIds: string[];
}

/** The network in the configuration or, if there is none, the account's default VPC with all its
 *  subnets. Looked up before anything is registered, so that the ids are plain values. */
export async function findNetwork(config: FileSearchConfig): Promise<Network> {
  const vpcId = config.vpcId === "" ? (await aws.ec2.getVpc({ default: true })).id : config.vpcId;
  if (config.subnetIds.length > 0) return { vpcId, subnetIds: config.subnetIds };
  const { ids } = await aws.ec2.getSubnets({ filters: [{ name: "vpc-id", values: [vpcId] }] });
  if (ids.length === 0) {
    throw new pulumi.RunError(
      `VPC ${vpcId} has no subnets. Fix: ${commandName()} config set --path 'file-search:subnetIds[0]' subnet-… -s ${pulumi.getStack()}`,
    );
  }
  // AWS returns the subnets in any order. A different order would change the group.
  return { vpcId, subnetIds: [...ids].sort() };
}
