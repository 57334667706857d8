import { paginateSimulatePrincipalPolicy, type IAMClient } from "@aws-sdk/client-iam";
import { exitCodes } from "../../contracts/exit-codes";
import pLimit from "p-limit";
import { OpsError } from "../cli/fault";
import type { Need } from "./actions";

/** IAM throttles this call. */
const callsAtOnce = 4;

/** IAM judges roles and users: the role behind a session, not the session. */
export function principalOf(callerArn: string): string {
  const session = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(callerArn);
  if (session !== null) return `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`;
  if (/:(role|user)\//.test(callerArn)) return callerArn;
  throw new OpsError(
    `IAM cannot say what ${callerArn} may do (the root user may do everything). Name a role or a user with --principal.`,
    exitCodes.configuration,
  );
}

/** The needs that the principal's own policies do not allow, each with IAM's decision. */
export async function deniedNeeds(
  iam: IAMClient,
  principal: string,
  needs: readonly Need[],
): Promise<(Need & { decision: string })[]> {
  const resources = [...new Set(needs.map(({ resource }) => resource))];
  const atOnce = pLimit(callsAtOnce);
  const denied = await Promise.all(
    resources.map((resource) =>
      atOnce(async () => {
        const all = needs.filter((need) => need.resource === resource);
        const decisions = await simulate(iam, principal, resource, all);
        return all.flatMap((need) => {
          const decision = decisions.get(need.action) ?? "no answer";
          return decision === "allowed" ? [] : [{ ...need, decision }];
        });
      }),
    ),
  );
  return denied.flat();
}

async function simulate(
  iam: IAMClient,
  principal: string,
  resource: string,
  needs: readonly Need[],
): Promise<Map<string, string>> {
  const pages = paginateSimulatePrincipalPolicy(
    { client: iam },
    {
      PolicySourceArn: principal,
      ActionNames: needs.map(({ action }) => action),
      ResourceArns: [resource],
    },
  );
  const decisions = new Map<string, string>();
  for await (const { EvaluationResults = [] } of pages) {
    for (const { EvalActionName = "", EvalDecision = "" } of EvaluationResults) {
      decisions.set(EvalActionName, EvalDecision);
    }
  }
  return decisions;
}
