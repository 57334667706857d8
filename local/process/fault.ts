/** An error that the user has to fix. The command line shows all faults
 *  at once and ends with `exitCode`. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";

  constructor(
    headline: string,
    readonly faults: readonly string[],
    /** The exit codes of the Pulumi CLI: 2 configuration, 3 authentication, 6 stack not found. */
    readonly exitCode: number,
  ) {
    super([headline, ...faults.map((fault) => `  - ${fault}`)].join("\n"));
  }
}

export const configurationFault = (headline: string, faults: readonly string[] = []) =>
  new ProjectError(headline, faults, 2);
