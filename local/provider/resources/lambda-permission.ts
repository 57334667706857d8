import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { regional, required, string } from "../shape";
import { isMap } from "../../values/property-operations";
import type { PropertyValue } from "../../values/property-value";

export const gone = ["ResourceNotFoundException"];

interface Statement {
  Sid?: string;
  Action?: string;
  Principal?: PropertyValue;
  Condition?: Record<string, Record<string, string>>;
}

export const permission = resourceType({
  type: "aws:lambda/permission:Permission",
  shape: {
    ...regional,
    action: required(string({ replaces: true })),
    function: required(string({ replaces: true })),
    principal: required(string({ replaces: true })),
    sourceArn: string({ replaces: true }),
    sourceAccount: string({ replaces: true }),
    principalOrgId: string({ replaces: true }),
    eventSourceToken: string({ replaces: true }),
    functionUrlAuthType: string({ replaces: true }),
    qualifier: string({ replaces: true }),
    statementId: string({ replaces: true, computed: true }),
    statementIdPrefix: string({ replaces: true }),
  },
  name: { property: "statementId", prefixProperty: "statementIdPrefix", maxLength: 100 },
  /** `<function>/<statement>` or `<function>:<qualifier>/<statement>` */
  importId: (id) => {
    const [target = "", statementId = ""] = id.split("/");
    const [name = "", qualifier] = target.split(":");
    return { id: statementId, properties: { function: name, qualifier } };
  },
  async create(inputs, { clients }) {
    await clients.lambda.addPermission({
      Action: inputs.action,
      FunctionName: inputs.function,
      Principal: inputs.principal,
      SourceArn: inputs.sourceArn,
      SourceAccount: inputs.sourceAccount,
      PrincipalOrgID: inputs.principalOrgId,
      EventSourceToken: inputs.eventSourceToken,
      FunctionUrlAuthType: inputs.functionUrlAuthType as "NONE" | undefined,
      Qualifier: inputs.qualifier,
      StatementId: inputs.statementId,
    });
    return inputs.statementId ?? "";
  },
  async read(id, { clients }, recorded) {
    const found = await ifThere(
      gone,
      clients.lambda.getPolicy({ FunctionName: recorded.function, Qualifier: recorded.qualifier }),
    );
    const policy = JSON.parse(found?.Policy ?? "{}") as { Statement?: Statement[] };
    const statement = policy.Statement?.find(({ Sid }) => Sid === id);
    if (statement === undefined) return undefined;
    const { Principal, Condition = {} } = statement;
    const condition = (key: string) =>
      Object.values(Condition)
        .flatMap((test) => Object.entries(test))
        .find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
    const principal = isMap(Principal) ? (Principal.Service ?? Principal.AWS) : Principal;
    return {
      action: statement.Action,
      function: recorded.function,
      principal:
        typeof principal === "string" ? principal.replace(/^arn:aws:iam::(\d+):root$/, "$1") : "",
      sourceArn: condition("AWS:SourceArn"),
      sourceAccount: condition("AWS:SourceAccount"),
      principalOrgId: condition("aws:PrincipalOrgID"),
      eventSourceToken: condition("lambda:EventSourceToken"),
      functionUrlAuthType: condition("lambda:FunctionUrlAuthType"),
      qualifier: recorded.qualifier,
      statementId: id,
    };
  },
  async delete(id, { function: FunctionName, qualifier: Qualifier }, { clients }) {
    await ignoreGone(
      gone,
      clients.lambda.removePermission({ FunctionName, Qualifier, StatementId: id }),
    );
  },
});
