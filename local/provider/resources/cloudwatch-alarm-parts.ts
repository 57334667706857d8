import { boolean, set, string } from "../shape";
import { fromTagList, toTagList, updateTags, type Tags } from "../tags";
import type { Clients } from "../clients";

export const gone = ["ResourceNotFound", "ResourceNotFoundException"];

export const actions = {
  actionsEnabled: boolean({ default: true }),
  alarmActions: set(string()),
  okActions: set(string()),
  insufficientDataActions: set(string()),
  alarmDescription: string(),
};

export const alarmTags = async (clients: Clients, arn: string | undefined): Promise<Tags> =>
  fromTagList((await clients.cloudWatch.listTagsForResource({ ResourceARN: arn })).Tags);

export async function updateAlarmTags(
  clients: Clients,
  arn: string | undefined,
  old: Tags | undefined,
  wanted: Tags | undefined,
): Promise<void> {
  await updateTags(
    old,
    wanted,
    (TagKeys) => clients.cloudWatch.untagResource({ ResourceARN: arn, TagKeys }),
    (tags) => clients.cloudWatch.tagResource({ ResourceARN: arn, Tags: toTagList(tags) }),
  );
}
