import { ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { boolean, number, object, output, regional, required, string, tagged } from "../shape";
import { toTagList } from "../tags";
import { gone, actions, alarmTags, updateAlarmTags } from "./cloudwatch-alarm-parts";

export const compositeAlarm = resourceType({
  type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  shape: {
    ...regional,
    ...tagged,
    ...actions,
    actionsEnabled: boolean({ default: true, replaces: true }),
    alarmName: required(string({ replaces: true })),
    alarmRule: required(string()),
    actionsSuppressor: object({
      alarm: required(string()),
      extensionPeriod: required(number()),
      waitPeriod: required(number()),
    }),
    arn: output(string()),
  },
  async create(inputs, { clients, created }) {
    await clients.cloudWatch.putCompositeAlarm({
      ...compositeRequest(inputs),
      Tags: toTagList(inputs.tagsAll),
    });
    created(inputs.alarmName);
    return inputs.alarmName;
  },
  async read(id, { clients }) {
    const { CompositeAlarms } = await clients.cloudWatch.describeAlarms({
      AlarmNames: [id],
      AlarmTypes: ["CompositeAlarm"],
    });
    const alarm = CompositeAlarms?.[0];
    if (alarm === undefined) return undefined;
    return {
      alarmName: alarm.AlarmName,
      alarmRule: alarm.AlarmRule,
      arn: alarm.AlarmArn,
      actionsEnabled: alarm.ActionsEnabled ?? true,
      alarmActions: alarm.AlarmActions,
      okActions: alarm.OKActions,
      insufficientDataActions: alarm.InsufficientDataActions,
      alarmDescription: alarm.AlarmDescription,
      actionsSuppressor:
        alarm.ActionsSuppressor === undefined
          ? undefined
          : {
              alarm: alarm.ActionsSuppressor,
              extensionPeriod: alarm.ActionsSuppressorExtensionPeriod ?? 0,
              waitPeriod: alarm.ActionsSuppressorWaitPeriod ?? 0,
            },
      tagsAll: await alarmTags(clients, alarm.AlarmArn),
    };
  },
  async update(_id, inputs, { changed, old }, { clients }) {
    if ([...changed].some((property) => !property.startsWith("tags"))) {
      await clients.cloudWatch.putCompositeAlarm(compositeRequest(inputs));
    }
    await updateAlarmTags(clients, old.arn, old.tagsAll, inputs.tagsAll);
  },
  async delete(id, _state, { clients }) {
    await ignoreGone(gone, clients.cloudWatch.deleteAlarms({ AlarmNames: [id] }));
  },
});

const compositeRequest = (inputs: Parameters<typeof compositeAlarm.create>[0]) => ({
  AlarmName: inputs.alarmName,
  AlarmRule: inputs.alarmRule,
  AlarmDescription: inputs.alarmDescription,
  ActionsEnabled: inputs.actionsEnabled,
  AlarmActions: inputs.alarmActions,
  OKActions: inputs.okActions,
  InsufficientDataActions: inputs.insufficientDataActions,
  ActionsSuppressor: inputs.actionsSuppressor?.alarm,
  ActionsSuppressorExtensionPeriod: inputs.actionsSuppressor?.extensionPeriod,
  ActionsSuppressorWaitPeriod: inputs.actionsSuppressor?.waitPeriod,
});
