import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, json, number, output, regional, required, string, tagged } from "../shape";

const gone = ["NotFoundException"];

const toKmsTags = (tags: Record<string, string> | undefined) =>
  Object.entries(tags ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

export const key = resourceType({
  type: "aws:kms/key:Key",
  shape: {
    ...regional,
    ...tagged,
    description: string({ computed: true }),
    policy: json({ computed: true }),
    keyUsage: string({ default: "ENCRYPT_DECRYPT", replaces: true }),
    customerMasterKeySpec: string({ default: "SYMMETRIC_DEFAULT", replaces: true }),
    multiRegion: boolean({ computed: true, replaces: true }),
    isEnabled: boolean({ default: true }),
    enableKeyRotation: boolean({ default: false }),
    rotationPeriodInDays: number({ computed: true, range: [90, 2560] }),
    deletionWindowInDays: number({ range: [7, 30] }),
    bypassPolicyLockoutSafetyCheck: boolean({ default: false }),
    arn: output(string()),
    keyId: output(string()),
  },
  async create(inputs, { clients, created }) {
    const { KeyMetadata } = await clients.kms.createKey({
      Description: inputs.description,
      KeyUsage: inputs.keyUsage as "ENCRYPT_DECRYPT",
      KeySpec: inputs.customerMasterKeySpec as "SYMMETRIC_DEFAULT",
      MultiRegion: inputs.multiRegion,
      Policy: inputs.policy,
      BypassPolicyLockoutSafetyCheck: inputs.bypassPolicyLockoutSafetyCheck,
      Tags: toKmsTags(inputs.tagsAll),
    });
    const KeyId = KeyMetadata?.KeyId ?? "";
    created(KeyId);
    if (inputs.enableKeyRotation === true) {
      const RotationPeriodInDays = inputs.rotationPeriodInDays;
      await clients.kms.enableKeyRotation({ KeyId, RotationPeriodInDays });
    }
    if (inputs.isEnabled === false) await clients.kms.disableKey({ KeyId });
    return KeyId;
  },
  async read(id, { clients }, recorded) {
    const { kms } = clients;
    const metadata = (await ifThere(gone, kms.describeKey({ KeyId: id })))?.KeyMetadata;
    if (metadata === undefined || metadata.KeyState === "PendingDeletion") return undefined;
    const KeyId = metadata.KeyId ?? id;
    const [{ Policy }, rotation, { Tags = [] }] = await Promise.all([
      kms.getKeyPolicy({ KeyId, PolicyName: "default" }),
      kms.getKeyRotationStatus({ KeyId }),
      kms.listResourceTags({ KeyId }),
    ]);
    return {
      description: metadata.Description ?? "",
      policy: Policy,
      keyUsage: metadata.KeyUsage,
      customerMasterKeySpec: metadata.KeySpec,
      multiRegion: metadata.MultiRegion ?? false,
      isEnabled: metadata.Enabled ?? false,
      enableKeyRotation: rotation.KeyRotationEnabled ?? false,
      rotationPeriodInDays: rotation.RotationPeriodInDays ?? recorded.rotationPeriodInDays,
      arn: metadata.Arn,
      keyId: KeyId,
      tagsAll: Object.fromEntries(Tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue])),
    };
  },
  async update(KeyId, inputs, { changed }, { clients }) {
    const { kms } = clients;
    if (changed.has("isEnabled") && inputs.isEnabled !== false) await kms.enableKey({ KeyId });
    if (changed.has("description")) {
      await kms.updateKeyDescription({ KeyId, Description: inputs.description ?? "" });
    }
    if (changed.has("policy")) {
      await kms.putKeyPolicy({
        KeyId,
        PolicyName: "default",
        Policy: inputs.policy,
        BypassPolicyLockoutSafetyCheck: inputs.bypassPolicyLockoutSafetyCheck,
      });
    }
    if (changed.has("enableKeyRotation") || changed.has("rotationPeriodInDays")) {
      if (inputs.enableKeyRotation !== true) await kms.disableKeyRotation({ KeyId });
      else {
        await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: inputs.rotationPeriodInDays });
      }
    }
    // Last, because a disabled key cannot be changed.
    if (changed.has("isEnabled") && inputs.isEnabled === false) await kms.disableKey({ KeyId });
  },
  tags: {
    remove: (KeyId, TagKeys, { clients }) => clients.kms.untagResource({ KeyId, TagKeys }),
    put: (KeyId, tags, { clients }) => clients.kms.tagResource({ KeyId, Tags: toKmsTags(tags) }),
  },
  async delete(KeyId, { deletionWindowInDays }, { clients }) {
    await ignoreGone(
      [...gone, "KMSInvalidStateException"],
      clients.kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: deletionWindowInDays ?? 30 }),
    );
  },
});

/** Key ids are given as id or as ARN; both name the same key. */
const sameKey = (a: string | undefined, b: string) =>
  a !== undefined && a.slice(a.lastIndexOf("/") + 1) === b.slice(b.lastIndexOf("/") + 1);

export const alias = resourceType({
  type: "aws:kms/alias:Alias",
  shape: {
    ...regional,
    name: string({ replaces: true, computed: true }),
    namePrefix: string({ replaces: true }),
    targetKeyId: required(string()),
    arn: output(string()),
    targetKeyArn: output(string()),
  },
  name: {
    property: "name",
    prefixProperty: "namePrefix",
    maxLength: 256,
    adapt: (name) => (name.startsWith("alias/") ? name : `alias/${name}`),
  },
  check({ name }) {
    if (typeof name !== "string" || /^alias\/[\w/-]+$/.test(name)) return [];
    return [{ property: "name", reason: `name is ${name}; it must begin with alias/` }];
  },
  async create({ name = "", targetKeyId }, { clients }) {
    await clients.kms.createAlias({ AliasName: name, TargetKeyId: targetKeyId });
    return name;
  },
  async read(id, { clients, region, accountId }, recorded) {
    let Marker: string | undefined;
    do {
      const page = await clients.kms.listAliases({ Marker });
      const found = page.Aliases?.find(({ AliasName }) => AliasName === id);
      if (found !== undefined) {
        const target = found.TargetKeyId ?? "";
        return {
          name: id,
          targetKeyId: sameKey(recorded.targetKeyId, target) ? recorded.targetKeyId : target,
          arn: found.AliasArn,
          targetKeyArn: `arn:aws:kms:${region}:${accountId}:key/${target.slice(target.lastIndexOf("/") + 1)}`,
        };
      }
      Marker = page.Truncated === true ? page.NextMarker : undefined;
    } while (Marker !== undefined);
    return undefined;
  },
  async update(id, { targetKeyId }, _change, { clients }) {
    await clients.kms.updateAlias({ AliasName: id, TargetKeyId: targetKeyId });
  },
  async delete(id, _state, { clients }) {
    await ignoreGone(gone, clients.kms.deleteAlias({ AliasName: id }));
  },
});
