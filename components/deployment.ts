/** Where and as what a system is deployed. Plain values, so that names and ARNs built from them are
 *  known in the first preview of a new stack. */
export interface Deployment {
  /** "file-search" */
  system: string;
  /** "dev", "prod" */
  environment: string;
  region: string;
  /** 12 digits. */
  accountId: string;
}

/** On every resource; resources add their own. */
export const standardTags = (deployment: Deployment): Record<string, string> => ({
  Project: deployment.system,
  Environment: deployment.environment,
  ManagedBy: "pulumi",
});

/** What `fitsTag` asks for, for the messages of those who ask. */
export const tagRule = "1 to 200 letters, digits, blanks and _.:/=+-@";

/** Whether AWS takes a text as a tag's value, with room for what is appended. Source: CloudWatch TagResource. */
export const fitsTag = (text: string): boolean => /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,200}$/u.test(text);

export const arnOf = (
  deployment: Pick<Deployment, "region" | "accountId">,
  service: string,
  resource: string,
): string => `arn:aws:${service}:${deployment.region}:${deployment.accountId}:${resource}`;
