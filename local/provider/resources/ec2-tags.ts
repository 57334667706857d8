import type { TagCalls } from "../resource-type";
import { type Tags, toTagList } from "../tags";

/** For a request that creates; EC2 refuses a specification without tags. */
export function tagSpecifications<Type extends string>(ResourceType: Type, tags: Tags | undefined) {
  const Tags = toTagList(tags);
  return Tags.length === 0 ? undefined : [{ ResourceType, Tags }];
}

export const ec2Tags: TagCalls = {
  remove: (id, keys, { clients }) =>
    clients.ec2.deleteTags({ Resources: [id], Tags: keys.map((Key) => ({ Key })) }),
  put: (id, tags, { clients }) =>
    clients.ec2.createTags({ Resources: [id], Tags: toTagList(tags) }),
};
