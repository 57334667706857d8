import { createHash } from "node:crypto";
import { resourceType, type ResourceContext } from "../resource-type";
import { type Infer, map, output, regional, required, string } from "../shape";

const invocationShape = {
  ...regional,
  functionName: required(string({ replaces: true })),
  input: required(string()),
  qualifier: string({ replaces: true, default: "$LATEST" }),
  triggers: map(string(), { replaces: true }),
  lifecycleScope: string({ default: "CREATE_ONLY", oneOf: ["CREATE_ONLY", "CRUD"] }),
  terraformKey: string({ default: "tf" }),
  tenantId: string(),
  result: output(string()),
};
type Inputs = Infer<typeof invocationShape>;
type Action = "create" | "update" | "delete";

const isCreateOnly = ({ lifecycleScope = "CREATE_ONLY" }: Record<string, unknown>) =>
  lifecycleScope === "CREATE_ONLY";

/** A call of a function, which the state remembers. Nothing of it exists in the cloud. */
export const invocation = resourceType({
  type: "aws:lambda/invocation:Invocation",
  shape: invocationShape,
  check(inputs) {
    const { input } = inputs;
    if (typeof input !== "string") return [];
    const value = parsed(input);
    if (value === undefined) {
      return [{ property: "input", reason: `input is ${input}; it must be a JSON document` }];
    }
    if (isCreateOnly(inputs) || isObject(value)) return [];
    const reason = `input is ${input}; with lifecycleScope CRUD it must be a JSON object`;
    return [{ property: "input", reason }];
  },
  alsoReplaces: (_state, inputs) => (isCreateOnly(inputs) ? ["input"] : []),
  /** An input that does not replace it is sent by the update. */
  unknownAfter: (changed) => (changed.has("input") ? ["result"] : []),
  /** `<function>,<qualifier>,<hash of the input>` */
  importId: (id) => {
    const [functionName = "", qualifier = "", hash = "", ...rest] = id.split(",");
    const isVersion = /^(\$LATEST|\d+)$/.test(qualifier);
    if (functionName === "" || !isVersion || !/^[a-f0-9]{32}$/.test(hash) || rest.length > 0) {
      throw new Error(
        `The id ${id} is not <function>,<$LATEST or version>,<MD5 hash of the input>.`,
      );
    }
    return { id, properties: { functionName, qualifier } };
  },
  async create(inputs, context) {
    const payload = payloadOf(inputs, "create");
    // The result cannot be read later, so it goes to the state with the inputs.
    inputs.result = await invoke(inputs, payload, context);
    const hash = createHash("md5").update(payload).digest("hex");
    return [inputs.functionName, inputs.qualifier, hash].join(",");
  },
  read: (_id, _context, recorded) => Promise.resolve(recorded),
  async update(_id, inputs, { old }, context) {
    inputs.result = await invoke(inputs, payloadOf(inputs, "update", old.input), context);
  },
  async delete(_id, state, context) {
    if (isCreateOnly(state)) return;
    const inputs = state as Inputs;
    await invoke(inputs, payloadOf(inputs, "delete", inputs.input), context);
  },
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** With the scope CRUD the function is told what happens, and what it was told last. */
function payloadOf(inputs: Inputs, action: Action, before?: string): string {
  if (isCreateOnly(inputs)) return inputs.input;
  const previous = before === undefined ? null : (parsed(before) ?? null);
  return JSON.stringify({
    ...(parsed(inputs.input) as Record<string, unknown>),
    [inputs.terraformKey ?? "tf"]: { action, prev_input: previous },
  });
}

/** The answer of the function, for which the client waits without limit: a function may run for 15 minutes. */
async function invoke(
  { functionName, qualifier, tenantId }: Inputs,
  payload: string,
  { clients, signal }: ResourceContext,
): Promise<string> {
  const { FunctionError, Payload } = await clients.lambda.invoke(
    {
      FunctionName: functionName,
      Qualifier: qualifier,
      InvocationType: "RequestResponse",
      Payload: new TextEncoder().encode(payload),
      TenantId: tenantId,
    },
    { abortSignal: signal },
  );
  const answer = new TextDecoder().decode(Payload);
  if (FunctionError !== undefined) {
    throw new Error(`invoking Lambda Function (${functionName}): ${answer}`);
  }
  return answer;
}
