/** Something that the person who runs the command has to put right. The command line shows all faults
 *  at once and ends with `exitCode`. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";

  constructor(
    headline: string,
    readonly faults: readonly string[],
    /** As the Pulumi CLI has them: 2 configuration, 3 authentication, 6 stack not found. */
    readonly exitCode: number,
  ) {
    super([headline, ...faults.map((fault) => `  - ${fault}`)].join("\n"));
  }
}

export const configurationFault = (headline: string, faults: readonly string[] = []) =>
  new ProjectError(headline, faults, 2);
