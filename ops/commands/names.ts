import { join, resolve } from "node:path";
import type { Command } from "commander";
import { exitCodes } from "../../contracts/exit-codes";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import { OpsError } from "../cli/fault";
import { print, printJson } from "../cli/output";
import { systemArguments, type CommonOptions } from "../cli/system-arguments";
import type { Access } from "../estate/access";
import { systemFolder } from "../estate/pulumi-command";
import { deployedSystem } from "../estate/system";

export function addNames(program: Command): void {
  systemArguments(
    program
      .command("names")
      .description('The names of what is deployed, for a shell: eval "$(npx ops names prod …)"'),
  )
    .option("--queue <name>", "which queue, if the system has more than one")
    .action(async (environment: string, system: string, options: NamesOptions) => {
      if (options.json === true) return names(environment, system, options);
      // Also after a failure: names of another system or environment must not stay in the shell.
      print(`unset ${commonNames.join(" ")}; unset -f aws pulumi`);
      await names(environment, system, options);
    });
}

interface NamesOptions extends CommonOptions {
  queue?: string;
}

/** What the commands of the runbooks use. */
async function names(environment: string, system: string, options: NamesOptions): Promise<void> {
  const { local = false, json = false, queue } = options;
  const { outputs, access } = await deployedSystem(environment, system, { local });
  const values = {
    ...namesOf(outputs, queue),
    FOLDER: systemFolder(system),
    AWS_REGION: outputs.region,
    AWS_DEFAULT_REGION: outputs.region,
  };
  if (json) return printJson(values);
  const exported = Object.entries(values).map(([name, value]) => `export ${name}=${quoted(value)}`);
  print([...exported, ...(local ? localCommands(access) : [])].join("\n"));
}

/** Names that do not come from functions. */
const commonNames = [
  ...["STACK", "FOLDER", "ACCOUNT", "REGION", "AWS_REGION", "AWS_DEFAULT_REGION"],
  ...["QUEUE_URL", "QUEUE_ARN", "QUEUE_NAME", "DLQ_URL", "DLQ_ARN", "DLQ_NAME"],
  ...["GROUP", "LOG_GROUP", "WARNING_TOPIC", "CRITICAL_TOPIC", "DASHBOARD"],
];

/** Only what the system has. */
export function namesOf(outputs: SystemOutputs, queueName?: string): Record<string, string> {
  const { region, topics, dashboardName } = outputs;
  const queue = only("queue", outputs, outputs.queues, queueName);
  const fleet = only("fleet", outputs, outputs.fleets);
  const names: [string, string | undefined][] = [
    ["STACK", outputs.environment],
    ["ACCOUNT", outputs.accountId],
    ["REGION", region],
    ["QUEUE_URL", queue?.url],
    ["QUEUE_ARN", queue?.arn],
    ["QUEUE_NAME", queue?.name],
    ["DLQ_URL", queue?.deadLetter.url],
    ["DLQ_ARN", queue?.deadLetter.arn],
    ["DLQ_NAME", queue?.deadLetter.name],
    ["GROUP", fleet?.autoScalingGroupName],
    ["LOG_GROUP", fleet?.logGroupName],
    ...Object.entries(outputs.functions).flatMap(([key, its]): typeof names => {
      const prefix = key.toUpperCase().replaceAll("-", "_");
      return [
        [`${prefix}_FUNCTION`, its.name],
        [`${prefix}_LOG_GROUP`, its.logGroupName],
        [`${prefix}_DLQ_NAME`, its.failedCalls],
      ];
    }),
    ["WARNING_TOPIC", topics.warning],
    ["CRITICAL_TOPIC", topics.critical],
    ["DASHBOARD", dashboardName === undefined ? undefined : consoleUrl(region, dashboardName)],
  ];
  const known = names.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(known);
}

const consoleUrl = (region: string, dashboard: string): string =>
  `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard}`;

/** The named one, or the only one. Undefined if there is none, or if there are several and none is named. */
function only<Part>(
  kind: string,
  { system }: SystemOutputs,
  parts: Record<string, Part>,
  name?: string,
): Part | undefined {
  const all = Object.values(parts);
  if (name === undefined) return all.length === 1 ? all[0] : undefined;
  const named = parts[name];
  if (named !== undefined) return named;
  const known = Object.keys(parts).join(", ") || "none";
  throw new OpsError(
    `${system} has no ${kind} "${name}"; it has ${known}.`,
    exitCodes.configuration,
  );
}

/** With the embedded cloud, `aws` and `pulumi` go there, and nothing else in the shell does. */
function localCommands({ endpoint = "", credentials }: Access): string[] {
  const standIn = join(resolve(__dirname, "../.."), "node_modules", ".bin", "pulumi-local");
  const { accessKeyId = "", secretAccessKey = "", sessionToken } = credentials ?? {};
  const variables = [
    `AWS_ACCESS_KEY_ID=${quoted(accessKeyId)}`,
    `AWS_SECRET_ACCESS_KEY=${quoted(secretAccessKey)}`,
    ...(sessionToken === undefined ? [] : [`AWS_SESSION_TOKEN=${quoted(sessionToken)}`]),
  ].join(" ");
  return [
    // Version 1 of the command line does not read AWS_ENDPOINT_URL for SQS.
    `aws() { ${variables} command aws --endpoint-url ${quoted(endpoint)} "$@"; }`,
    `pulumi() { ${quoted(standIn)} "$@"; }`,
  ];
}

/** As one word of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
