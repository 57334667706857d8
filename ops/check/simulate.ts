import { paginateSimulatePrincipalPolicy, type IAMClient } from "@aws-sdk/client-iam";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";

/** SimulatePrincipalPolicy takes more, but its answers grow with them. */
const mostActions = 50;

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

/** The actions that the principal's own policies do not allow, with IAM's decision. */
export async function deniedActions(
  iam: IAMClient,
  principal: string,
  actions: readonly string[],
): Promise<Map<string, string>> {
  const denied = new Map<string, string>();
  for (let from = 0; from < actions.length; from += mostActions) {
    const pages = paginateSimulatePrincipalPolicy(
      { client: iam },
      { PolicySourceArn: principal, ActionNames: actions.slice(from, from + mostActions) },
    );
    for await (const { EvaluationResults = [] } of pages) {
      for (const { EvalActionName = "", EvalDecision = "" } of EvaluationResults) {
        if (EvalDecision !== "allowed") denied.set(EvalActionName, EvalDecision);
      }
    }
  }
  return denied;
}
