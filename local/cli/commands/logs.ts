import { setTimeout as wait } from "node:timers/promises";
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { InvalidArgumentError, type Command } from "commander";
import type { ResourceV3 } from "../../state/deployment";
import { parseUrn } from "../../values/urn";
import { cloudEnvironment } from "../cloud-access";
import { CommandError } from "../exit";
import { forStack } from "../stack-options";
import { openWorkspace, workspaceConfig, type StackOptions, type Workspace } from "../workspace";

const logGroupType = "aws:cloudwatch/logGroup:LogGroup";
const pollMs = 1000;
const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

interface Flags extends StackOptions {
  resource?: string;
  since: number;
  follow?: boolean;
  json?: boolean;
}

interface Entry {
  id: string;
  timestamp: number;
  message: string;
}

export function addLogs(program: Command): void {
  forStack(program.command("logs"))
    .description("What the stack's functions and machines have written")
    .option("-f, --follow", "go on with what they write from now on, until Ctrl-C")
    .option(
      "--since <time>",
      "like 90s, 5m, 2h, 1d, or a date",
      millisecondsOf,
      millisecondsOf("1h"),
    )
    .option(
      "-r, --resource <name>",
      "only this resource: its name, or that of its parent, or a URN",
    )
    .option("-j, --json", "one JSON document per line")
    .action(print);
}

/** Milliseconds since 1970. */
function millisecondsOf(text: string): number {
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const time = count === undefined ? Date.parse(text) : Date.now() - Number(count) * unitMs[unit]!;
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError("It must be like 90s, 5m, 2h or 1d, or like 2026-01-31T09:00Z.");
  }
  return time;
}

async function print(flags: Flags): Promise<void> {
  const workspace = openWorkspace(flags);
  const groups = logGroups(workspace, flags.resource);
  const logs = await clientOf(workspace);
  const seen = new Set<string>();
  let from = flags.since;
  try {
    do {
      const entries = await Promise.all(groups.map((group) => read(logs, group, from)));
      const fresh = entries
        .flat()
        .filter(({ id }) => !seen.has(id))
        .sort((one, other) => one.timestamp - other.timestamp);
      for (const entry of fresh) {
        seen.add(entry.id);
        process.stdout.write(`${flags.json === true ? JSON.stringify(entry) : line(entry)}\n`);
        // Entries of the same millisecond may still come.
        from = Math.max(from, entry.timestamp);
      }
      if (flags.follow === true) await wait(pollMs);
    } while (flags.follow === true);
    if (seen.size === 0) {
      process.stderr.write(`Nothing was written since ${new Date(flags.since).toISOString()}.\n`);
    }
  } finally {
    logs.destroy();
  }
}

const line = ({ timestamp, group, message }: Entry & { group: string }) =>
  `${new Date(timestamp).toISOString()} [${group}] ${message.trimEnd()}`;

/** Names of the stack's log groups. */
function logGroups({ base, stack }: Workspace, resource: string | undefined): string[] {
  const all = (base?.resources ?? []).filter(({ type }) => type === logGroupType);
  const isMeant = ({ urn, parent = "" }: ResourceV3) =>
    resource === undefined ||
    [urn, parent, parseUrn(urn).name, parent === "" ? "" : parseUrn(parent).name].includes(
      resource,
    );
  const names = all.filter(isMeant).map(({ inputs }) => String(inputs?.name));
  if (names.length > 0) return names;
  const known = all.map(({ urn }) => parseUrn(urn).name).join(", ");
  throw new CommandError(
    all.length === 0
      ? `The stack ${stack} has no log group, or is not deployed.`
      : `No log group belongs to ${JSON.stringify(resource)}; there are ${known}.`,
  );
}

async function clientOf(workspace: Workspace): Promise<CloudWatchLogs> {
  const environment = cloudEnvironment(workspace.home);
  const { values } = await workspaceConfig(workspace);
  const { CloudWatchLogs: Client } = await import("@aws-sdk/client-cloudwatch-logs");
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } =
    environment;
  return new Client({
    endpoint: AWS_ENDPOINT_URL,
    region: values["aws:region"] ?? "us-east-1",
    credentials: {
      accessKeyId: String(AWS_ACCESS_KEY_ID),
      secretAccessKey: String(AWS_SECRET_ACCESS_KEY),
      sessionToken: AWS_SESSION_TOKEN,
    },
  });
}

async function read(
  logs: CloudWatchLogs,
  group: string,
  startTime: number,
): Promise<(Entry & { group: string })[]> {
  const found: (Entry & { group: string })[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.filterLogEvents({ logGroupName: group, startTime, nextToken });
    for (const { eventId, timestamp = 0, message = "", logStreamName } of page.events ?? []) {
      const id = eventId ?? `${group}/${logStreamName}/${timestamp}/${message}`;
      found.push({ id, group, timestamp, message });
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}
