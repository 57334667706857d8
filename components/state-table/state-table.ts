import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { stateTable as table } from "../../contracts/state-table";
import { arnOf, standardTags, type Deployment } from "../deployment";

export interface StateTable {
  tableName: string;
  /** Known before anything is deployed. */
  arn: string;
  /** For `dependsOn` of what uses the table as soon as it exists. */
  resource: pulumi.Resource;
}

/** The table of contracts/state-table.ts: what a system's functions must remember. Its items are only keys, times and
 *  counts, so the key that DynamoDB encrypts with by default is enough, and all of them expire or can be made anew. */
export function stateTable(
  name: string,
  { deployment, tableName }: { deployment: Deployment; tableName: string },
  opts?: pulumi.CustomResourceOptions,
): StateTable {
  const resource = new aws.dynamodb.Table(
    name,
    {
      name: tableName,
      billingMode: "PAY_PER_REQUEST",
      hashKey: table.key,
      attributes: [{ name: table.key, type: "S" }],
      ttl: { attributeName: table.expiry, enabled: true },
      tags: standardTags(deployment),
    },
    opts,
  );
  return { tableName, arn: arnOf(deployment, "dynamodb", `table/${tableName}`), resource };
}
