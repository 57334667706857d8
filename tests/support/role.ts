import { IAM } from "@aws-sdk/client-iam";
import type { TestAccount } from "./cloud";

export interface PolicyStatement {
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string>>;
}

/** Creates a role that services may assume, for example "lambda.amazonaws.com". Its ARN. Default: it may do everything. */
export async function createRole(
  account: Pick<TestAccount, "clientConfig">,
  RoleName: string,
  Service: string | string[],
  statements: readonly PolicyStatement[] = [{ Action: "*", Resource: "*" }],
): Promise<string> {
  const iam = new IAM(account.clientConfig());
  const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const { Role } = await iam.createRole({
    RoleName,
    AssumeRolePolicyDocument: document({
      Effect: "Allow",
      Principal: { Service },
      Action: "sts:AssumeRole",
    }),
  });
  await iam.putRolePolicy({
    RoleName,
    PolicyName: "rights",
    PolicyDocument: document(...statements.map((one) => ({ Effect: "Allow", ...one }))),
  });
  return Role?.Arn ?? "";
}

/** Creates an instance profile with a role of the same name. Its name. */
export async function createInstanceProfile(
  account: Pick<TestAccount, "clientConfig">,
  name: string,
  statements?: readonly PolicyStatement[],
): Promise<string> {
  const iam = new IAM(account.clientConfig());
  await createRole(account, name, "ec2.amazonaws.com", statements);
  await iam.createInstanceProfile({ InstanceProfileName: name });
  await iam.addRoleToInstanceProfile({ InstanceProfileName: name, RoleName: name });
  return name;
}
