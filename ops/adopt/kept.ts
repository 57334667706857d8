import { z } from "zod";
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

/** The entries of an imported resource, by type, in the form that the program takes back. */
const entries: Readonly<Record<string, (inputs: Inputs) => unknown[]>> = {
  "aws:s3/bucketPolicy:BucketPolicy": ({ policy }) => {
    const { Statement = [] } = JSON.parse(String(policy)) as { Statement?: unknown };
    return [Statement].flat();
  },
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

/** What makes an entry the same one: its id or Sid, or what it notifies. */
function identity(entry: unknown): string {
  const { Sid, id, queueArn, topicArn, lambdaFunctionArn, kind } = entry as Record<string, unknown>;
  return JSON.stringify(
    Sid ??
      queueArn ??
      topicArn ??
      lambdaFunctionArn ??
      (kind === "eventbridge" ? kind : (id ?? entry)),
  );
}
