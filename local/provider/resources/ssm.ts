import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, number, output, regional, required, string, tagged } from "../shape";
import { fromTagList, toTagList } from "../tags";

const gone = ["ParameterNotFound"];
const intelligent = "Intelligent-Tiering";

export const parameter = resourceType({
  type: "aws:ssm/parameter:Parameter",
  shape: {
    ...regional,
    ...tagged,
    name: string({ replaces: true, computed: true }),
    type: required(string({ oneOf: ["String", "StringList", "SecureString"] })),
    value: string({ computed: true, secret: true }),
    insecureValue: string(),
    description: string(),
    keyId: string({ computed: true }),
    allowedPattern: string(),
    dataType: string({ computed: true, replaces: true }),
    tier: string({ computed: true, oneOf: ["Standard", "Advanced", intelligent] }),
    overwrite: boolean(),
    arn: string({ computed: true }),
    version: output(number()),
    hasValueWo: output(boolean()),
  },
  name: { property: "name", maxLength: 2048 },
  check({ type, value, insecureValue }) {
    const faults: { property: string; reason: string }[] = [];
    if ((value === undefined) === (insecureValue === undefined)) {
      const reason = `${value === undefined ? "neither" : "both"} of value and insecureValue given; give exactly one`;
      faults.push({ property: "value", reason });
    }
    if (type === "SecureString" && insecureValue !== undefined) {
      const reason = "insecureValue is given for a SecureString; give its value as value";
      faults.push({ property: "insecureValue", reason });
    }
    return faults;
  },
  /** AWS does not allow a change back to a lower tier. */
  alsoReplaces: (state, inputs) =>
    state.tier === "Advanced" && inputs.tier === "Standard" ? ["tier"] : [],
  async create(inputs, { clients, created }) {
    const Name = inputs.name ?? "";
    await clients.ssm.putParameter({
      ...request(inputs),
      DataType: inputs.dataType,
      Overwrite: inputs.overwrite ?? false,
    });
    created(Name);
    // PutParameter takes no tags along with Overwrite.
    const Tags = toTagList(inputs.tagsAll);
    if (Tags.length > 0) {
      await clients.ssm.addTagsToResource({ ResourceType: "Parameter", ResourceId: Name, Tags });
    }
    return Name;
  },
  async read(Name, { clients }, recorded) {
    const { ssm } = clients;
    const found = (await ifThere(gone, ssm.getParameter({ Name, WithDecryption: true })))
      ?.Parameter;
    if (found === undefined) return undefined;
    const [{ Parameters }, { TagList }] = await Promise.all([
      ssm.describeParameters({ ParameterFilters: [{ Key: "Name", Values: [Name] }] }),
      ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: Name }),
    ]);
    const metadata = Parameters?.[0];
    const isPlain = recorded.insecureValue !== undefined;
    return {
      name: Name,
      type: found.Type,
      value: isPlain ? "" : found.Value,
      insecureValue: isPlain ? found.Value : undefined,
      description: metadata?.Description,
      keyId: metadata?.KeyId,
      allowedPattern: metadata?.AllowedPattern,
      dataType: found.DataType ?? "text",
      // AWS answers which of the two it chose.
      tier: recorded.tier === intelligent ? intelligent : (metadata?.Tier ?? "Standard"),
      arn: found.ARN,
      version: found.Version,
      hasValueWo: false,
      tagsAll: fromTagList(TagList),
    };
  },
  unknownAfter: (changed) =>
    [...changed].some((property) => !property.startsWith("tags")) ? ["version"] : [],
  async update(Name, inputs, { changed }, { clients }) {
    const { ssm } = clients;
    if ([...changed].some((property) => property !== "overwrite")) {
      await ssm.putParameter({
        ...request(inputs),
        Description: inputs.description ?? "",
        Overwrite: true,
      });
    }
  },
  tags: {
    remove: (ResourceId, TagKeys, { clients }) =>
      clients.ssm.removeTagsFromResource({ ResourceType: "Parameter", ResourceId, TagKeys }),
    put: (ResourceId, tags, { clients }) =>
      clients.ssm.addTagsToResource({
        ResourceType: "Parameter",
        ResourceId,
        Tags: toTagList(tags),
      }),
  },
  async delete(Name, _state, { clients }) {
    await ignoreGone(gone, clients.ssm.deleteParameter({ Name }));
  },
});

const request = (inputs: Parameters<typeof parameter.create>[0]) => ({
  Name: inputs.name,
  Type: inputs.type as "String",
  Value: inputs.value ?? inputs.insecureValue,
  Description: inputs.description,
  KeyId: inputs.keyId,
  AllowedPattern: inputs.allowedPattern,
  Tier: inputs.tier as "Standard" | undefined,
});
