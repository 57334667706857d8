/** How a script ended, as the agent reports it. */
export interface ScriptResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}
