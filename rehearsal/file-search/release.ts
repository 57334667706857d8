import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SQSClient, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { join } from "node:path";
import { waitUntil } from "../../local/process/wait";
import { shortHash } from "../../contracts/release";
import { systemOutputsSchema } from "../../contracts/stack-outputs";
import { changedCopy, type Change } from "../changed-copy";
import { indexedKeys, queueOf } from "./observe";
import { ops } from "../ops";
import { pulumiLocal } from "../pulumi-local";
import { rehearsalHome } from "../rehearsal";
import { readableText } from "../slack-endpoint";
import { messagesIn } from "../messages-in";
import { expectAll } from "../steps/step";
import type { FileSearchRun, FileSearchStep } from "./run";

/** A bug that no test has found: every file fails for good. */
const everyFileFails: Change = {
  file: "worker/open-processor.ts",
  from: "process: createFileProcessor({ s3, store, extractor, limits: defaultLimits }),",
  to: 'process: () => { throw new PermanentError("a bug of this release"); },',
};

const itsImport: Change = {
  file: "worker/open-processor.ts",
  from: /^/,
  to: 'import { PermanentError } from "./job/errors";\n',
};

/** A release that works, and that nobody wants any more. */
const unwanted: Change = { file: "worker/main.ts", from: /^/, to: 'process.title = "unwanted";\n' };

const failing = ["release/1.txt", "release/2.txt", "release/3.txt"];

export const gate: FileSearchStep = {
  name: "a release whose worker fails every file is stopped and rolled back",
  async run(run, showProgress) {
    const good = bundleOf(run);
    const deadBefore = await deadLetters(run);
    const project = await changedCopy(
      { folder: commit("broken"), system: run.name },
      everyFileFails,
      itsImport,
    );
    const broken = await release(run, project);
    showProgress(`${broken} is released`);
    await uploadFiles(run, failing);
    const notices = () =>
      run.slack.received.map(readableText).filter((text) => text.includes("Release rolled back"));
    await waitUntil(() => notices().length > 0, {
      what: "the message that the release was rolled back",
      withinMs: 120_000,
    });
    showProgress("rolled back; the machine is replaced");
    await waitUntil(async () => (await machineVersions(run)).join() === "1", {
      what: "the machine to be replaced by one of the first version",
      withinMs: 60_000,
    });
    showProgress("redriven");
    const lost = (await deadLetters(run)) - deadBefore;
    await redrive(run, deadBefore);
    const indexed = await indexedKeys(run);
    expectAll({
      [`the message names both bundles, ${broken} and ${good}: ${notices()[0]}`]:
        (notices()[0]?.includes(broken) ?? false) && (notices()[0]?.includes(good) ?? false),
      "the failed files are indexed after a redrive": failing.every((key) => indexed.has(key)),
    });
    return `${broken} failed ${lost} files, Slack: "${notices()[0]?.split("\n")[0]}"; ${good} runs again, and the files are indexed after a redrive`;
  },
};

export const rollback: FileSearchStep = {
  name: "one command rolls a release back, and up does not bring it back",
  async run(run, showProgress) {
    const good = bundleOf(run);
    const project = await changedCopy({ folder: commit("unwanted"), system: run.name }, unwanted);
    const bad = await release(run, project);
    await waitUntil(async () => (await machineVersions(run)).join() === "3", {
      what: "the release's machine to be in service",
      withinMs: 60_000,
    });
    showProgress("rollback");
    const result = await ops<{
      seconds: number;
      machines: { id: string; ok: boolean; how: string }[];
    }>(["rollback", "dev", "file-search", "--yes"]);
    const [machine] = result.machines;
    const refused = await pulumiLocal(
      { project, deployer: run.deployer },
      ["up", "--yes", "--refresh"],
      { exitCode: 1 },
    );
    const why = refused.diagnostics.map(({ message }) => message).join("\n");
    expectAll({
      "one machine was switched in place": machine?.ok === true && machine.how === "switch",
      "it takes less than three minutes": result.seconds < 180,
      "up says how to lift the hold": why.includes(`ops release-hold lift dev file-search ${bad}`),
    });
    return `${bad} → ${good} in ${result.seconds.toFixed(1)} s, ${machine?.id} switched in place; up --refresh of ${bad} is refused`;
  },
};

/** The step after the two above: the original program again, as the fix. */
export const fix: FileSearchStep = {
  name: "the fix is released, although two bundles are held",
  async run(run) {
    await pulumiLocal(run, ["up", "--yes"]);
    const version = Number(await groupVersion(run));
    await waitUntil(async () => (await machineVersions(run)).join() === String(version), {
      what: `the machine to be replaced by one of version ${version}`,
      withinMs: 60_000,
    });
    return `version ${version} of the launch template, bundle ${bundleOf(run)}, on all machines`;
  },
};

/** The folder of the copy of another commit. */
const commit = (name: string) => join(rehearsalHome, "commits", name);

const workers = (run: FileSearchRun) => {
  const fleet = run.get("system").fleets.workers;
  if (fleet === undefined) throw new Error(`The system's output has no fleet "workers".`);
  return fleet;
};

const bundleOf = (run: FileSearchRun) => shortHash(workers(run).bundle.sha256);

/** Resolves to the first digits of the bundle. */
async function release({ deployer }: FileSearchRun, project: string): Promise<string> {
  const { outputs } = await pulumiLocal({ project, deployer }, ["up", "--yes"]);
  return shortHash(systemOutputsSchema.parse(outputs.system).fleets.workers?.bundle.sha256 ?? "");
}

async function group(run: FileSearchRun) {
  const client = new AutoScalingClient(run.client());
  const { AutoScalingGroups } = await client.send(
    new DescribeAutoScalingGroupsCommand({
      AutoScalingGroupNames: [workers(run).autoScalingGroupName],
    }),
  );
  client.destroy();
  return AutoScalingGroups?.[0];
}

const groupVersion = async (run: FileSearchRun) => (await group(run))?.LaunchTemplate?.Version;

const machineVersions = async (run: FileSearchRun) =>
  ((await group(run))?.Instances ?? [])
    .filter(({ LifecycleState }) => LifecycleState === "InService")
    .map(({ LaunchTemplate }) => LaunchTemplate?.Version);

async function uploadFiles(run: FileSearchRun, keys: readonly string[]): Promise<void> {
  const Bucket = run.get("system").buckets.uploads?.name;
  const s3 = new S3Client({ ...run.client(), forcePathStyle: true });
  for (const Key of keys) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: `The text of ${Key}.` }));
  }
  s3.destroy();
}

async function deadLetters(run: FileSearchRun): Promise<number> {
  const sqs = new SQSClient(run.client());
  const count = await messagesIn(sqs, queueOf(run).deadLetter.url);
  sqs.destroy();
  return count;
}

/** Moves the dead letters back; those that are bad come again. */
async function redrive(run: FileSearchRun, badFiles: number): Promise<void> {
  const { arn, url, deadLetter } = queueOf(run);
  const sqs = new SQSClient(run.client());
  await sqs.send(
    new StartMessageMoveTaskCommand({ SourceArn: deadLetter.arn, DestinationArn: arn }),
  );
  await waitUntil(
    async () => (await messagesIn(sqs, url)) === 0 && (await deadLetters(run)) === badFiles,
    { what: "the redriven files to be processed", withinMs: 60_000 },
  );
  sqs.destroy();
}
