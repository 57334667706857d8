import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { json, output, regional, required, string } from "../shape";
import { gone } from "./sns-topic";

/** AWS's default policy, for a topic whose policy is removed: its account may do everything. */
const defaultPolicy = (arn: string, accountId: string) =>
  JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:GetTopicAttributes",
          "SNS:SetTopicAttributes",
          "SNS:AddPermission",
          "SNS:RemovePermission",
          "SNS:DeleteTopic",
          "SNS:Subscribe",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": accountId } },
      },
    ],
  });

export const topicPolicy = resourceType({
  type: "aws:sns/topicPolicy:TopicPolicy",
  shape: {
    ...regional,
    arn: required(string({ replaces: true })),
    policy: required(json()),
    owner: output(string()),
  },
  async put({ arn, policy }, { clients }) {
    await clients.sns.setTopicAttributes({
      TopicArn: arn,
      AttributeName: "Policy",
      AttributeValue: policy,
    });
    return arn;
  },
  async read(id, { clients }) {
    const answer = await ifThere(gone, clients.sns.getTopicAttributes({ TopicArn: id }));
    if (answer === undefined) return undefined;
    return { arn: id, policy: answer.Attributes?.Policy, owner: answer.Attributes?.Owner };
  },
  async delete(id, _state, { clients, accountId }) {
    const AttributeValue = defaultPolicy(id, accountId);
    await ignoreGone(
      gone,
      clients.sns.setTopicAttributes({ TopicArn: id, AttributeName: "Policy", AttributeValue }),
    );
  },
});
