import { GetRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";

const judged = /^arn:[^:]+:iam::\d{12}:(role|user)\/./;

/** Who is judged: a role or a user that was named, or who runs the command. IAM judges the role behind a session, not the
 *  session, and it wants the role's path, which the session's ARN does not have. */
export async function principalOf(
  iam: IAMClient,
  caller: string,
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) {
    if (judged.test(named)) return named;
    throw new OpsError(
      `--principal ${named} is no ARN of a role or a user. An example: arn:aws:iam::123456789012:role/deploy`,
      exitCodes.configuration,
    );
  }
  if (judged.test(caller)) return caller;
  const role = /:assumed-role\/([^/]+)\//.exec(caller)?.[1];
  if (role !== undefined) return arnOfRole(iam, role);
  throw new OpsError(
    `IAM cannot say what ${caller} may do${caller.endsWith(":root") ? " (the root user may do everything)" : ""}. Name a role or a user with --principal.`,
    exitCodes.configuration,
  );
}

async function arnOfRole(iam: IAMClient, RoleName: string): Promise<string> {
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    return Role?.Arn ?? "";
  } catch (error) {
    throw new OpsError(
      `The ARN of the role ${RoleName} cannot be read: ${error instanceof Error ? error.message : String(error)}. Nothing was checked. Whoever runs this command needs iam:GetRole on it, or names the role with --principal.`,
    );
  }
}
