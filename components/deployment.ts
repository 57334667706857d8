/** The system, environment, region and account of a deployment. Plain values, so that names and ARNs built from
 *  them are known in the first preview of a new stack. */
export interface Deployment {
  /** "file-search" */
  system: string;
  /** "dev", "prod" */
  environment: string;
  region: string;
  /** 12 digits. */
  accountId: string;
}

/** The tags of every resource. Some resources add more. */
export const standardTags = (deployment: Deployment): Record<string, string> => ({
  Project: deployment.system,
  Environment: deployment.environment,
  ManagedBy: "pulumi",
});

/** The rule that `fitsTag` checks, for error messages. */
export const tagRule = "1 to 200 letters, digits, blanks and _.:/=+-@";

/** Whether AWS accepts a text as the value of a tag. 200 characters leave room for text that is appended.
 *  Source: CloudWatch TagResource. */
export const fitsTag = (text: string): boolean => /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,200}$/u.test(text);

export const arnOf = (
  deployment: Pick<Deployment, "region" | "accountId">,
  service: string,
  resource: string,
): string => `arn:aws:${service}:${deployment.region}:${deployment.accountId}:${resource}`;
