import { once } from "node:events";
import { commandVariable } from "../../contracts/command";
import { forEachLine, startNode, stopNode } from "../process/node-process";

/** Runs the program. The program gets the addresses of the monitor and the engine, registers
 *  its resources and exits. Rejects with the program's diagnostics if it fails. */
export interface ProgramHost {
  run(run: {
    monitorAddress: string;
    engineAddress: string;
    dryRun: boolean;
    parallel: number;
    signal: AbortSignal;
    onOutput(line: { stream: "stdout" | "stderr"; text: string }): void;
  }): Promise<void>;
}

export interface ProgramOptions {
  project: string;
  stack: string;
  /** Folder of Pulumi.yaml. */
  root: string;
  /** Folder that the program runs in, and its entry point there ("." asks package.json). */
  directory: string;
  entryPoint: string;
  organization: string;
  runtime: { typescript: boolean; tsconfig?: string; nodeargs?: string };
  config: Record<string, string>;
  secretKeys: readonly string[];
  /** Additional environment variables: the embedded cloud's endpoint and credentials. */
  environment: NodeJS.ProcessEnv;
}

/** Pulumi's runner exits with this code if it has already printed the error. */
const alreadyReported = 32;
const stopGraceMs = 5000;

/** The program failed. `reported`: its diagnostics already contain the reason. */
export class ProgramFailed extends Error {
  override readonly name = "ProgramFailed";

  constructor(
    message: string,
    readonly reported: boolean,
  ) {
    super(message);
  }
}

/** Runs an unmodified program with the runner of its SDK, as Pulumi's language host does. */
export function createProgramHost(options: ProgramOptions): ProgramHost {
  return {
    async run(run) {
      run.signal.throwIfAborted();
      const child = startNode({
        nodeArguments: options.runtime.nodeargs?.split(/\s+/).filter((argument) => argument !== ""),
        script: resolveRunner(options.directory),
        arguments: runnerArguments(options, run),
        directory: options.root,
        environment: programEnvironment(options),
      });
      forEachLine(child, (line) => run.onOutput(line));
      const stop = () => stopNode(child, stopGraceMs);
      run.signal.addEventListener("abort", stop, { once: true });
      try {
        const [code, signal] = (await once(child, "close")) as [number | null, string | null];
        if (run.signal.aborted) throw new ProgramFailed("The program was stopped.", true);
        if (code === 0) return;
        if (code === alreadyReported) throw new ProgramFailed("its own messages say why", true);
        const how = code === null ? `was ended by ${signal}` : `exited with code ${code}`;
        throw new ProgramFailed(`The program ${how}.`, false);
      } finally {
        run.signal.removeEventListener("abort", stop);
      }
    },
  };
}

function resolveRunner(directory: string): string {
  try {
    return require.resolve("@pulumi/pulumi/cmd/run", { paths: [directory] });
  } catch {
    throw new ProgramFailed(
      `The program in ${directory} has no @pulumi/pulumi; install its dependencies (npm ci).`,
      false,
    );
  }
}

function runnerArguments(
  options: ProgramOptions,
  run: { monitorAddress: string; engineAddress: string; dryRun: boolean; parallel: number },
): string[] {
  return [
    ["--monitor", run.monitorAddress],
    ["--engine", run.engineAddress],
    ["--organization", options.organization],
    ["--project", options.project],
    ["--root-directory", options.root],
    ["--stack", options.stack],
    ["--pwd", options.directory],
    run.dryRun ? ["--dry-run"] : [],
    ["--parallel", String(run.parallel)],
    [options.entryPoint],
  ].flat();
}

function programEnvironment(options: ProgramOptions): NodeJS.ProcessEnv {
  const { runtime } = options;
  return {
    ...options.environment,
    [commandVariable]: "pulumi-local",
    PULUMI_CONFIG: JSON.stringify(oldStyleKeys(options.config)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(options.secretKeys),
    ...(runtime.typescript
      ? { PULUMI_NODEJS_TYPESCRIPT: "true", PULUMI_NODEJS_TRANSPILE_ONLY: "true" }
      : {}),
    ...(runtime.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: runtime.tsconfig }),
  };
}

/** Converts "aws:region" to "aws:config:region", the form that Pulumi's language host sends to the SDK. */
function oldStyleKeys(config: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(":", ":config:"), value]),
  );
}
