import type { Need } from "./needs";

/** IAM's limit for a customer managed policy, in characters without white space. Source: "IAM and AWS STS quotas". */
export const longestPolicy = 6144;

export interface Statement {
  Effect: "Allow";
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string>>;
}

export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: Statement[];
}

/** The one condition without which a right would be much too wide: whoever may pass a role to any service may use it for
 *  everything that the role may do. */
const passedTo = "iam:PassedToService";

/** Policies that allow exactly these needs: as few as IAM's limit allows. */
export function policiesFor(needs: readonly Need[]): PolicyDocument[] {
  return packed(statementsFor(needs).flatMap(split));
}

/** One statement for the resources that need the same actions. */
function statementsFor(needs: readonly Need[]): Statement[] {
  const byResource = Map.groupBy(needs, (need) => key([need.resource, need.context[passedTo]]));
  const each = [...byResource.values()].map((some) => ({
    actions: unique(some.map(({ action }) => action)),
    service: some[0]?.context[passedTo],
    resource: some[0]?.resource ?? "",
  }));
  const together = Map.groupBy(each, ({ actions, service }) => key([actions, service]));
  return [...together.values()].map((some): Statement => {
    const [{ actions, service } = { actions: [], service: undefined }] = some;
    return {
      Effect: "Allow",
      Action: actions,
      Resource: unique(some.map(({ resource }) => resource)),
      ...(typeof service === "string" && { Condition: { StringEquals: { [passedTo]: service } } }),
    };
  });
}

const key = (value: unknown): string => JSON.stringify(value);
const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

const documentOf = (...Statement: Statement[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement,
});
const fits = (...statements: Statement[]): boolean =>
  JSON.stringify(documentOf(...statements)).length <= longestPolicy;

/** A statement that is longer than a policy may be, as several. */
function split(statement: Statement): Statement[] {
  const { Resource } = statement;
  if (fits(statement) || Resource.length === 1) return [statement];
  const middle = Math.ceil(Resource.length / 2);
  return [Resource.slice(0, middle), Resource.slice(middle)].flatMap((half) =>
    split({ ...statement, Resource: half }),
  );
}

/** The longest first, each into the first policy that has room. */
function packed(statements: readonly Statement[]): PolicyDocument[] {
  const documents: PolicyDocument[] = [];
  const byLength = statements.toSorted((a, b) => key(b).length - key(a).length);
  for (const statement of byLength) {
    const roomy = documents.find((document) => fits(...document.Statement, statement));
    if (roomy === undefined) documents.push(documentOf(statement));
    else roomy.Statement.push(statement);
  }
  return documents;
}
