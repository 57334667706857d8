import type { CreateScheduleCommandInput } from "@aws-sdk/client-scheduler";
import { fromApi, toApi } from "../api-case";
import { ifThere, ignoreGone } from "../gone";
import { resourceType, type NameRule } from "../resource-type";
import { type Infer, number, object, output, regional, required, string, tagged } from "../shape";
import { fromTagList, toTagList } from "../tags";
import { waitUntil } from "../../process/wait";

const gone = ["ResourceNotFoundException"];

const named = {
  name: string({ replaces: true, computed: true }),
  namePrefix: string({ replaces: true }),
};
const nameRule: NameRule = { property: "name", prefixProperty: "namePrefix", maxLength: 64 };

/** What a target without a policy has. Source: EventBridge Scheduler, RetryPolicy. */
const retryDefaults = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

const scheduleShape = {
  ...regional,
  ...named,
  groupName: string({ replaces: true, computed: true }),
  scheduleExpression: required(string()),
  scheduleExpressionTimezone: string({ default: "UTC" }),
  flexibleTimeWindow: required(
    object({
      mode: required(string({ oneOf: ["OFF", "FLEXIBLE"] })),
      maximumWindowInMinutes: number({ range: [1, 1440] }),
    }),
  ),
  target: required(
    object({
      arn: required(string()),
      roleArn: required(string()),
      input: string(),
      retryPolicy: object({
        maximumEventAgeInSeconds: number({
          default: retryDefaults.maximumEventAgeInSeconds,
          range: [60, 86_400],
        }),
        maximumRetryAttempts: number({
          default: retryDefaults.maximumRetryAttempts,
          range: [0, 185],
        }),
      }),
      deadLetterConfig: object({ arn: required(string()) }),
      sqsParameters: object({ messageGroupId: string() }),
    }),
  ),
  state: string({ default: "ENABLED", oneOf: ["ENABLED", "DISABLED"] }),
  actionAfterCompletion: string({ computed: true, oneOf: ["NONE", "DELETE"] }),
  description: string(),
  startDate: string(),
  endDate: string(),
  kmsKeyArn: string(),
  arn: output(string()),
};

export const schedule = resourceType({
  type: "aws:scheduler/schedule:Schedule",
  shape: scheduleShape,
  name: nameRule,
  check: (inputs) =>
    ["startDate", "endDate"].flatMap((property) => {
      const value = inputs[property];
      if (typeof value !== "string" || isDate(value)) return [];
      const reason = `${property} is ${value}; it must be a time as 2030-01-01T01:00:00Z`;
      return [{ property, reason }];
    }),
  async create(inputs, { clients }) {
    const { ScheduleArn = "" } = await clients.scheduler.createSchedule({
      ...scheduleRequest(inputs),
      GroupName: inputs.groupName,
      Name: inputs.name,
    });
    // The ARN also has the group that the service chose.
    return ScheduleArn.split(":schedule/")[1] ?? "";
  },
  async read(id, { clients }) {
    const found = await ifThere(gone, clients.scheduler.getSchedule(placeOf(id)));
    if (found === undefined) return undefined;
    const { Arn: arn = "", RoleArn: roleArn = "", ...target } = found.Target ?? {};
    return {
      name: found.Name,
      groupName: found.GroupName,
      scheduleExpression: found.ScheduleExpression,
      scheduleExpressionTimezone: found.ScheduleExpressionTimezone,
      flexibleTimeWindow: fromApi(found.FlexibleTimeWindow),
      target: { retryPolicy: retryDefaults, ...fromApi<object>(target), arn, roleArn },
      state: found.State,
      actionAfterCompletion: found.ActionAfterCompletion,
      description: found.Description,
      startDate: fromDate(found.StartDate),
      endDate: fromDate(found.EndDate),
      kmsKeyArn: found.KmsKeyArn,
      arn: found.Arn,
    };
  },
  async update(id, inputs, { old }, { clients }) {
    const { actionAfterCompletion = old.actionAfterCompletion } = inputs;
    await clients.scheduler.updateSchedule({
      ...scheduleRequest({ ...inputs, actionAfterCompletion }),
      ...placeOf(id),
    });
  },
  async delete(id, _state, { clients }) {
    await ignoreGone(gone, clients.scheduler.deleteSchedule(placeOf(id)));
  },
});

/** `<group>/<name>` */
function placeOf(id: string) {
  const [GroupName = "", Name = ""] = id.split("/");
  return { GroupName, Name };
}

const isDate = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
  !Number.isNaN(Date.parse(text));

const toDate = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
const fromDate = (date: Date | undefined) => date?.toISOString().replace(/\.\d+Z$/, "Z");

const scheduleRequest = (inputs: Infer<typeof scheduleShape>) => ({
  ScheduleExpression: inputs.scheduleExpression,
  ScheduleExpressionTimezone: inputs.scheduleExpressionTimezone,
  FlexibleTimeWindow: toApi<CreateScheduleCommandInput["FlexibleTimeWindow"]>(
    inputs.flexibleTimeWindow,
  ),
  Target: toApi<CreateScheduleCommandInput["Target"]>(inputs.target),
  State: inputs.state as "ENABLED" | undefined,
  ActionAfterCompletion: inputs.actionAfterCompletion as "NONE" | undefined,
  Description: inputs.description,
  StartDate: toDate(inputs.startDate),
  EndDate: toDate(inputs.endDate),
  KmsKeyArn: inputs.kmsKeyArn,
});

export const scheduleGroup = resourceType({
  type: "aws:scheduler/scheduleGroup:ScheduleGroup",
  shape: {
    ...regional,
    ...tagged,
    ...named,
    arn: output(string()),
    creationDate: output(string()),
    lastModificationDate: output(string()),
    state: output(string()),
  },
  name: nameRule,
  async create(inputs, { clients, created }) {
    const Name = inputs.name ?? "";
    await clients.scheduler.createScheduleGroup({ Name, Tags: toTagList(inputs.tagsAll) });
    created(Name);
    await waitUntil(
      async () => (await clients.scheduler.getScheduleGroup({ Name })).State === "ACTIVE",
      { what: `the schedule group ${Name} to be active`, withinMs: 300_000, everyMs: 100 },
    );
    return Name;
  },
  async read(Name, { clients: { scheduler } }) {
    const found = await ifThere(gone, scheduler.getScheduleGroup({ Name }));
    if (found === undefined || found.State === "DELETING") return undefined;
    const { Tags } = await scheduler.listTagsForResource({ ResourceArn: found.Arn });
    return {
      name: found.Name,
      arn: found.Arn,
      creationDate: fromDate(found.CreationDate),
      lastModificationDate: fromDate(found.LastModificationDate),
      state: found.State,
      tagsAll: fromTagList(Tags),
    };
  },
  tags: {
    remove: (_id, TagKeys, { clients }, ResourceArn) =>
      clients.scheduler.untagResource({ ResourceArn, TagKeys }),
    put: (_id, tags, { clients }, ResourceArn) =>
      clients.scheduler.tagResource({ ResourceArn, Tags: toTagList(tags) }),
  },
  async delete(Name, _state, { clients: { scheduler } }) {
    await ignoreGone(gone, scheduler.deleteScheduleGroup({ Name }));
    await waitUntil(
      async () => (await ifThere(gone, scheduler.getScheduleGroup({ Name }))) === undefined,
      { what: `the schedule group ${Name} to be deleted`, withinMs: 300_000, everyMs: 100 },
    );
  },
});
