import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { standardTags, type Deployment } from "../deployment";

/** The KMS key of the alert topics. It is customer-managed, because the key `alias/aws/sns` does not allow
 *  CloudWatch: messages of alarms to a topic encrypted with it are lost without an error. */
export function alertKey(
  name: string,
  deployment: Deployment,
  prefix: string,
  parent: pulumi.Resource,
): aws.kms.Key {
  const key = new aws.kms.Key(
    name,
    {
      description: `Alert topics of ${prefix}`,
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AccountAdministers",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${deployment.accountId}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          {
            Sid: "AlarmsPublish",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
            Resource: "*",
            Condition: { StringEquals: { "aws:SourceAccount": deployment.accountId } },
          },
        ],
      }),
      tags: standardTags(deployment),
    },
    { parent },
  );
  new aws.kms.Alias(
    `${name}-alias`,
    { name: `alias/${prefix}-alerts`, targetKeyId: key.keyId },
    { parent },
  );
  return key;
}
