import { z } from "zod";
import { OpsError } from "../cli/fault";
import { pulumi, systemFolder } from "../estate/pulumi-command";

const exported = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({
        urn: z.string(),
        type: z.string(),
        inputs: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  }),
});

type Inputs = Record<string, unknown>;
const list = (value: unknown): Inputs[] => (Array.isArray(value) ? (value as Inputs[]) : []);

function statements(policy: unknown): unknown[] {
  if (typeof policy !== "string" || policy === "") return [];
  const { Statement = [] } = JSON.parse(policy) as { Statement?: unknown };
  return [Statement].flat();
}

/** The entries of an imported resource, by type, in the form that the program takes back. */
const entries: Readonly<Record<string, (inputs: Inputs) => unknown[]>> = {
  "aws:sqs/queue:Queue": ({ policy }) => statements(policy),
  "aws:s3/bucketPolicy:BucketPolicy": ({ policy }) => statements(policy),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ({ rules }) => list(rules),
  "aws:s3/bucketNotification:BucketNotification": (inputs) => [
    ...["queues", "topics", "lambdaFunctions"].flatMap((kind) =>
      list(inputs[kind]).map((entry) => ({ kind, ...entry })),
    ),
    ...(inputs.eventbridge === true ? [{ kind: "eventbridge" }] : []),
  ],
};

/** What the imported resources have besides what the program sets, from the state: by name of the resource. `own` is what
 *  the program plans for each. */
export async function foreignEntries(
  environment: string,
  system: string,
  own: ReadonlyMap<string, Inputs>,
  options: { local: boolean },
): Promise<Record<string, unknown[]>> {
  const text = await pulumi(
    ["stack", "export", "-s", environment, "-C", systemFolder(system)],
    options,
  );
  const { resources } = exported.parse(JSON.parse(text)).deployment;
  const imported = new Set(resources.map(({ urn }) => urn.split("::").at(-1)));
  const waiting = [...own.keys()].filter((name) => !imported.has(name));
  if (waiting.length > 0) {
    throw new OpsError(
      `Not imported yet: ${waiting.join(", ")}. First run \`up\`, which imports them; then run this again. Nothing was changed.`,
    );
  }
  const kept: Record<string, unknown[]> = {};
  for (const { urn, type, inputs = {} } of resources) {
    const name = urn.split("::").at(-1) ?? "";
    const entriesOf = entries[type];
    const planned = own.get(name);
    if (entriesOf === undefined || planned === undefined) continue;
    const ours = new Set(entriesOf(planned).map(identity));
    const foreign = entriesOf(inputs).filter((entry) => !ours.has(identity(entry)));
    if (foreign.length > 0) kept[name] = foreign;
  }
  return kept;
}

/** The same for a resource as its service describes it, before it is imported: only the names of the entries. */
export function foreignTo(type: string, existing: Inputs, planned: Inputs): string[] {
  const described: Readonly<Record<string, () => Inputs[]>> = {
    "aws:sqs/queue:Queue": () => statements((existing.attributes as Inputs).Policy) as Inputs[],
    "aws:s3/bucketPolicy:BucketPolicy": () => statements(existing.Policy) as Inputs[],
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": () =>
      list(existing.Rules).map(({ ID }) => ({ id: ID })),
    "aws:s3/bucketNotification:BucketNotification": () =>
      [
        ...list(existing.QueueConfigurations),
        ...list(existing.TopicConfigurations),
        ...list(existing.LambdaFunctionConfigurations),
        ...(existing.EventBridgeConfiguration === undefined ? [] : [{ kind: "eventbridge" }]),
      ].map(({ QueueArn, TopicArn, LambdaFunctionArn, ...rest }) => ({
        ...rest,
        queueArn: QueueArn,
        topicArn: TopicArn,
        lambdaFunctionArn: LambdaFunctionArn,
      })),
  };
  const ours = new Set(entries[type]?.(planned).map(identity));
  return (described[type]?.() ?? []).map(identity).filter((id) => !ours.has(id));
}

/** What makes an entry the same one: its id or Sid, or what it notifies. */
function identity(entry: unknown): string {
  const { Sid, id, queueArn, topicArn, lambdaFunctionArn, kind } = entry as Record<string, unknown>;
  const name =
    Sid ??
    queueArn ??
    topicArn ??
    lambdaFunctionArn ??
    (kind === "eventbridge" ? kind : (id ?? entry));
  return typeof name === "string" ? name : JSON.stringify(name);
}
