import { each, type Drift } from "./drift";
import { admit, newKey } from "../surroundings";

export const kmsDrifts: Drift[] = [
  {
    type: "aws:kms/key:Key",
    inputs: {
      description: "Alert topics",
      enableKeyRotation: true,
      rotationPeriodInDays: 180,
      policy: admit("cloudwatch.amazonaws.com", "kms:Decrypt", "*"),
      tags: { Project: "files" },
    },
    fixed: ["keyUsage", "customerMasterKeySpec", "multiRegion"],
    // Without rotation there is no period.
    changesWith: { enableKeyRotation: ["rotationPeriodInDays"] },
    byHand: {
      description: ({ kms }, KeyId) => kms.updateKeyDescription({ KeyId, Description: "by hand" }),
      policy: ({ kms }, KeyId) =>
        kms.putKeyPolicy({ KeyId, Policy: admit("s3.amazonaws.com", "kms:*", "*") }),
      isEnabled: ({ kms }, KeyId) => kms.disableKey({ KeyId }),
      enableKeyRotation: ({ kms }, KeyId) => kms.disableKeyRotation({ KeyId }),
      ...each({ rotationPeriodInDays: 90 }, ({ kms }, KeyId, RotationPeriodInDays) =>
        kms.enableKeyRotation({ KeyId, RotationPeriodInDays }),
      ),
      tags: ({ kms }, KeyId) =>
        kms.tagResource({ KeyId, Tags: [{ TagKey: "byHand", TagValue: "yes" }] }),
    },
    removals: {
      it: ({ kms }, KeyId) => kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 }),
    },
  },
  {
    type: "aws:kms/alias:Alias",
    prepare: async (under) => ({ one: await newKey(under), other: await newKey(under) }),
    inputs: ({ one = "" }) => ({ name: "alias/alerts", targetKeyId: one }),
    byHand: {
      targetKeyId: ({ kms }, AliasName, { other }) =>
        kms.updateAlias({ AliasName, TargetKeyId: other }),
    },
    removals: { it: ({ kms }, AliasName) => kms.deleteAlias({ AliasName }) },
  },
];
