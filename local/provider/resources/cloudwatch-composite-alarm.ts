import { resourceType } from "../resource-type";
import { boolean, number, object, output, regional, required, string, tagged } from "../shape";
import { toTagList } from "../tags";
import {
  actions,
  actionsOf,
  actionsRequest,
  alarmTags,
  deleteAlarm,
  tagsOf,
} from "./cloudwatch-alarm-parts";

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
  async put(inputs, { clients }) {
    await clients.cloudWatch.putCompositeAlarm({
      ...actionsRequest(inputs),
      AlarmName: inputs.alarmName,
      AlarmRule: inputs.alarmRule,
      ActionsSuppressor: inputs.actionsSuppressor?.alarm,
      ActionsSuppressorExtensionPeriod: inputs.actionsSuppressor?.extensionPeriod,
      ActionsSuppressorWaitPeriod: inputs.actionsSuppressor?.waitPeriod,
      Tags: toTagList(inputs.tagsAll),
    });
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
      ...actionsOf(alarm),
      actionsSuppressor:
        alarm.ActionsSuppressor === undefined
          ? undefined
          : {
              alarm: alarm.ActionsSuppressor,
              extensionPeriod: alarm.ActionsSuppressorExtensionPeriod ?? 0,
              waitPeriod: alarm.ActionsSuppressorWaitPeriod ?? 0,
            },
      tagsAll: await tagsOf(clients, alarm.AlarmArn),
    };
  },
  tags: alarmTags,
  delete: deleteAlarm,
});
