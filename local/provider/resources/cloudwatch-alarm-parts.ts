import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { Clients } from "../clients";
import { ignoreGone } from "../gone";
import type { ResourceContext, TagCalls } from "../resource-type";
import { boolean, type Infer, set, string } from "../shape";
import { fromTagList, toTagList, type Tags } from "../tags";

export const gone = ["ResourceNotFound", "ResourceNotFoundException"];

export const actions = {
  actionsEnabled: boolean({ default: true }),
  alarmActions: set(string()),
  okActions: set(string()),
  insufficientDataActions: set(string()),
  alarmDescription: string(),
};

export const actionsRequest = (inputs: Infer<typeof actions>) => ({
  AlarmDescription: inputs.alarmDescription,
  ActionsEnabled: inputs.actionsEnabled,
  AlarmActions: inputs.alarmActions,
  OKActions: inputs.okActions,
  InsufficientDataActions: inputs.insufficientDataActions,
});

export const actionsOf = (
  alarm: Pick<MetricAlarm, keyof ReturnType<typeof actionsRequest>>,
): Infer<typeof actions> => ({
  actionsEnabled: alarm.ActionsEnabled ?? true,
  alarmActions: alarm.AlarmActions,
  okActions: alarm.OKActions,
  insufficientDataActions: alarm.InsufficientDataActions,
  alarmDescription: alarm.AlarmDescription,
});

export const tagsOf = async (clients: Clients, arn: string | undefined): Promise<Tags> =>
  fromTagList((await clients.cloudWatch.listTagsForResource({ ResourceARN: arn })).Tags);

export const alarmTags: TagCalls = {
  remove: (_id, TagKeys, { clients }, ResourceARN) =>
    clients.cloudWatch.untagResource({ ResourceARN, TagKeys }),
  put: (_id, tags, { clients }, ResourceARN) =>
    clients.cloudWatch.tagResource({ ResourceARN, Tags: toTagList(tags) }),
};

export const deleteAlarm = (id: string, _state: unknown, { clients }: ResourceContext) =>
  ignoreGone(gone, clients.cloudWatch.deleteAlarms({ AlarmNames: [id] }));
