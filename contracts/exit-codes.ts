/** The exit codes of the Pulumi CLI, which all commands use. */
export const exitCodes = {
  success: 0,
  error: 1,
  configuration: 2,
  authentication: 3,
  stackNotFound: 6,
  changesNotExpected: 7,
  cancelled: 8,
} as const;
