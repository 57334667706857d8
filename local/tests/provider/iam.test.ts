import type { PropertyMap } from "../../values/property-value";
import { itLives } from "./lifecycle";
import { startProvider, type ProviderUnderTest } from "./provider-under-test";

describe("provider: IAM", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const trust = (service: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    });
  const allow = (...actions: string[]) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
    });
  const newRole = async (name: string) => {
    await under.clients.iam.createRole({
      RoleName: name,
      AssumeRolePolicyDocument: trust("ec2.amazonaws.com"),
    });
    return { role: name };
  };

  itLives(
    {
      type: "aws:iam/role:Role",
      inputs: {
        name: "worker",
        assumeRolePolicy: trust("ec2.amazonaws.com"),
        tags: { Project: "files" },
      },
      outputs: () => ({ arn: `arn:aws:iam::${under.account.accountId}:role/worker`, path: "/" }),
      updates: [
        { assumeRolePolicy: trust("lambda.amazonaws.com") },
        { description: "Machines", maxSessionDuration: 7200 },
        { inlinePolicies: [{ name: "queue", policy: allow("sqs:ReceiveMessage") }] },
        { tags: { Project: "other" } },
      ],
      replacements: [{ name: "other" }, { path: "/files/" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:iam/rolePolicy:RolePolicy",
      prepare: () => newRole("with-inline"),
      inputs: ({ role = "" }) => ({ name: "queue", role, policy: allow("sqs:ReceiveMessage") }),
      updates: [{ policy: allow("sqs:ReceiveMessage", "sqs:DeleteMessage") }],
      replacements: [{ name: "other" }, { role: "other" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:iam/policy:Policy",
      inputs: { name: "queue", policy: allow("sqs:ReceiveMessage"), tags: { Project: "files" } },
      outputs: (id) => ({ arn: id }),
      updates: ["A", "B", "C", "D", "E", "F"].map((letter) => ({ policy: allow(`sqs:${letter}`) })),
      replacements: [{ description: "cannot be changed" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      prepare: async () => {
        const { Policy } = await under.clients.iam.createPolicy({
          PolicyName: "attached",
          PolicyDocument: allow("sqs:*"),
        });
        return { ...(await newRole("with-attached")), policyArn: Policy?.Arn ?? "" };
      },
      inputs: ({ role = "", policyArn = "" }) => ({ role, policyArn }),
      replacements: [{ role: "other" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:iam/instanceProfile:InstanceProfile",
      prepare: async () => ({ ...(await newRole("one")), other: (await newRole("two")).role }),
      inputs: ({ role = "" }) => ({ name: "machines", role, tags: { Project: "files" } }),
      updates: ({ other = "" }): PropertyMap[] => [{ role: other }, { tags: { Project: "other" } }],
      replacements: [{ name: "others" }],
    },
    () => under,
  );
});
