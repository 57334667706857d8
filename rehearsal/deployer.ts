import { dirname } from "node:path";
import { connect } from "../local/provider/clients";
import { ops } from "./ops";
import { environment } from "./rehearsal";
import type { SystemRun } from "./system-run";

/** Managed policies of a role, without a request for more. Source: "IAM and AWS STS quotas". */
const mostPolicies = 10;

interface Policy {
  Statement: { Action: string[]; Resource: string[] }[];
}

/** What an administrator does once, and before an `up` that brings resources of other names: gives the deployer's role the
 *  rights that `ops` derives from the program, and no others. Resolves to the policies. */
export async function giveRights(run: SystemRun): Promise<Policy[]> {
  const command = ["deployer-policy", environment, run.name];
  const policies = await ops<Policy[]>(command, { QUEUEFLEET_SYSTEMS: dirname(run.project) });
  if (policies.length > mostPolicies) {
    throw new Error(`The deployer of ${run.name} needs ${policies.length} managed policies.`);
  }
  const clients = connect(run.client());
  const { iam } = clients;
  const RoleName = deployerRole(run);
  const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName });
  for (const { PolicyArn } of AttachedPolicies) {
    await iam.detachRolePolicy({ RoleName, PolicyArn });
    await iam.deletePolicy({ PolicyArn });
  }
  for (const [index, policy] of policies.entries()) {
    const { Policy } = await iam.createPolicy({
      PolicyName: `${RoleName}-${index + 1}`,
      PolicyDocument: JSON.stringify(policy),
    });
    await iam.attachRolePolicy({ RoleName, PolicyArn: Policy?.Arn });
  }
  clients.destroy();
  return policies;
}

/** Creates the deployer's role. From then on, `pulumi-local` runs with it. */
export async function createDeployer(run: SystemRun): Promise<void> {
  const clients = connect(run.client());
  const { Role } = await clients.iam.createRole({
    RoleName: deployerRole(run),
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${run.cloud.accountId}:root` },
          Action: "sts:AssumeRole",
        },
      ],
    }),
  });
  const { Credentials } = await clients.sts.assumeRole({
    RoleArn: Role?.Arn,
    RoleSessionName: "rehearsal",
  });
  clients.destroy();
  run.deployer = {
    AWS_ENDPOINT_URL: run.cloud.endpoint,
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey,
    AWS_SESSION_TOKEN: Credentials?.SessionToken,
  };
}

export const deployerRole = (run: SystemRun) => `deploy-${run.name}-${environment}`;
