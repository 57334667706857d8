import { each, type Drift } from "./drift";
import { newKey } from "../surroundings";

export const ssmDrifts: Drift[] = [
  {
    type: "aws:ssm/parameter:Parameter",
    inputs: {
      name: "/files/limit",
      type: "String",
      insecureValue: "10",
      description: "Limit",
      allowedPattern: "[0-9]+",
      tier: "Standard",
      tags: { Project: "files" },
    },
    fixed: ["dataType", "arn"],
    counters: ["version"],
    byHand: {
      ...each(
        {
          insecureValue: { Value: "99" },
          description: { Description: "by hand" },
          allowedPattern: { AllowedPattern: ".*" },
          type: { Type: "StringList" as const },
          tier: { Tier: "Advanced" as const },
        },
        ({ ssm }, Name, changed) =>
          ssm.putParameter({
            Name,
            Value: "10",
            Type: "String",
            Description: "Limit",
            AllowedPattern: "[0-9]+",
            Tier: "Standard",
            Overwrite: true,
            ...changed,
          }),
      ),
      tags: ({ ssm }, ResourceId) =>
        ssm.removeTagsFromResource({
          ResourceType: "Parameter",
          ResourceId,
          TagKeys: ["Project"],
        }),
    },
    removals: { it: ({ ssm }, Name) => ssm.deleteParameter({ Name }) },
  },
  {
    type: "aws:ssm/parameter:Parameter",
    variant: "secret",
    prepare: async (under) => ({ key: await newKey(under), other: await newKey(under) }),
    inputs: ({ key = "" }) => ({
      name: "/files/webhook",
      type: "SecureString",
      value: "xoxb",
      keyId: key,
    }),
    counters: ["version"],
    byHand: {
      value: ({ ssm }, Name, { key }) =>
        ssm.putParameter({
          Name,
          Value: "other",
          Type: "SecureString",
          KeyId: key,
          Overwrite: true,
        }),
      keyId: ({ ssm }, Name, { other }) =>
        ssm.putParameter({
          Name,
          Value: "xoxb",
          Type: "SecureString",
          KeyId: other,
          Overwrite: true,
        }),
    },
    removals: { it: ({ ssm }, Name) => ssm.deleteParameter({ Name }) },
  },
];
