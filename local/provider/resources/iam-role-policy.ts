import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { json, required, string } from "../shape";
import { gone, decodeDocument } from "./iam-parts";
import { attachedPolicies } from "./iam-role";

/** `<role>:<policy>`, as the official provider has it. */
const splitId = (id: string): [string, string] => [
  id.slice(0, id.indexOf(":")),
  id.slice(id.indexOf(":") + 1),
];

export const rolePolicy = resourceType({
  type: "aws:iam/rolePolicy:RolePolicy",
  shape: {
    name: string({ replaces: true, computed: true }),
    namePrefix: string({ replaces: true }),
    role: required(string({ replaces: true })),
    policy: required(json()),
  },
  name: { property: "name", prefixProperty: "namePrefix", maxLength: 128 },
  async put({ name = "", role: RoleName, policy: PolicyDocument }, { clients }) {
    await clients.iam.putRolePolicy({ RoleName, PolicyName: name, PolicyDocument });
    return `${RoleName}:${name}`;
  },
  async read(id, { clients }) {
    const [RoleName, PolicyName] = splitId(id);
    const found = await ifThere(gone, clients.iam.getRolePolicy({ RoleName, PolicyName }));
    if (found === undefined) return undefined;
    return { name: PolicyName, role: RoleName, policy: decodeDocument(found.PolicyDocument) };
  },
  async delete(id, _state, { clients }) {
    const [RoleName, PolicyName] = splitId(id);
    await ignoreGone(gone, clients.iam.deleteRolePolicy({ RoleName, PolicyName }));
  },
});

export const rolePolicyAttachment = resourceType({
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  shape: {
    role: required(string({ replaces: true })),
    policyArn: required(string({ replaces: true })),
  },
  deleteBeforeReplace: true,
  importId: (id) => {
    const slash = id.indexOf("/");
    return { id, properties: { role: id.slice(0, slash), policyArn: id.slice(slash + 1) } };
  },
  async create({ role: RoleName, policyArn: PolicyArn }, { clients }) {
    await clients.iam.attachRolePolicy({ RoleName, PolicyArn });
    return `${RoleName}/${PolicyArn}`;
  },
  async read(_id, { clients }, { role: RoleName = "", policyArn }) {
    const attached = await ifThere(gone, attachedPolicies(clients, RoleName));
    return policyArn !== undefined && attached?.includes(policyArn) === true
      ? { role: RoleName, policyArn }
      : undefined;
  },
  async delete(_id, { role: RoleName, policyArn: PolicyArn }, { clients }) {
    await ignoreGone(gone, clients.iam.detachRolePolicy({ RoleName, PolicyArn }));
  },
});
