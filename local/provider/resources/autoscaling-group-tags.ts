import type { Clients } from "../clients";
import { boolean, type Infer, required, string } from "../shape";

export const tag = {
  key: required(string()),
  value: required(string()),
  propagateAtLaunch: required(boolean()),
};

type GroupTag = Infer<typeof tag>;

export const toTags = (name: string, tags: GroupTag[] | undefined) =>
  (tags ?? []).map(({ key, value, propagateAtLaunch }) => ({
    Key: key,
    Value: value,
    PropagateAtLaunch: propagateAtLaunch,
    ResourceId: name,
    ResourceType: "auto-scaling-group",
  }));

export async function updateGroupTags(
  { autoScaling }: Clients,
  name: string,
  old: GroupTag[] = [],
  wanted: GroupTag[] = [],
): Promise<void> {
  const gone = old.filter(({ key }) => !wanted.some((one) => one.key === key));
  if (gone.length > 0) await autoScaling.deleteTags({ Tags: toTags(name, gone) });
  if (wanted.length > 0) await autoScaling.createOrUpdateTags({ Tags: toTags(name, wanted) });
}
