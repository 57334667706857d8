import { expect } from "chai";
import type { PropertyMap } from "../../values/property-value";
import { itLives, Resource } from "./lifecycle";
import { region, startProvider, type ProviderUnderTest } from "./provider-under-test";
import { arnOf, newRole } from "./surroundings";

const type = "aws:scheduler/schedule:Schedule";

describe("provider: EventBridge Scheduler", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const callsAlias = async (role: string) => ({
    arn: arnOf(under, "lambda", "function:checker:live"),
    roleArn: (await newRole(under, role, "scheduler.amazonaws.com")).roleArn,
    queue: arnOf(under, "sqs", "failed-calls"),
  });

  itLives(
    {
      type,
      prepare: () => callsAlias("schedule-role"),
      inputs: ({ arn = "", roleArn = "" }) => ({
        name: "watchme-checker",
        scheduleExpression: "rate(1 minutes)",
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn,
          roleArn,
          input: '{"check":true}',
          retryPolicy: { maximumEventAgeInSeconds: 120 },
        },
      }),
      outputs: (id) => ({
        arn: `arn:aws:scheduler:${region}:${under.account.accountId}:schedule/${id}`,
        groupName: "default",
        state: "ENABLED",
        scheduleExpressionTimezone: "UTC",
        actionAfterCompletion: "NONE",
      }),
      updates: ({ arn = "", roleArn = "", queue = "" }): PropertyMap[] => [
        { scheduleExpression: "cron(0 9 * * ? *)" },
        { scheduleExpressionTimezone: "Asia/Tokyo" },
        { flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 15 } },
        { state: "DISABLED" },
        { description: "Every morning" },
        { startDate: "2030-01-01T00:00:00Z", endDate: "2031-01-01T00:00:00Z" },
        { endDate: null },
        { actionAfterCompletion: "DELETE" },
        {
          target: {
            arn,
            roleArn,
            retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 1 },
            deadLetterConfig: { arn: queue },
          },
        },
      ],
      replacements: [{ name: "other" }, { groupName: "other" }],
    },
    () => under,
  );

  itLives(
    {
      type: "aws:scheduler/scheduleGroup:ScheduleGroup",
      inputs: () => ({ name: "watchme", tags: { Project: "files", Owner: "files-team" } }),
      outputs: (id) => ({
        arn: `arn:aws:scheduler:${region}:${under.account.accountId}:schedule-group/${id}`,
        state: "ACTIVE",
      }),
      updates: [{ tags: { Project: "other", Stage: "dev" } }, { tags: { Week: "1" } }],
      replacements: [{ name: "other" }],
    },
    () => under,
  );

  it("has the service's retries again when the program says none", async () => {
    const { arn, roleArn } = await callsAlias("retries-role");
    const resource = new Resource(under, type, "retries");
    const inputs = (retries: PropertyMap) => ({
      scheduleExpression: "rate(1 hour)",
      flexibleTimeWindow: { mode: "OFF" },
      target: { arn, roleArn, ...retries },
    });
    const made = await resource.create(inputs({ retryPolicy: { maximumRetryAttempts: 0 } }));
    expect(made.outputs.target).to.have.deep.property("retryPolicy", {
      maximumEventAgeInSeconds: 86_400,
      maximumRetryAttempts: 0,
    });
    const without = await resource.update(made, inputs({}));
    expect(without.outputs.target).to.have.deep.property("retryPolicy", {
      maximumEventAgeInSeconds: 86_400,
      maximumRetryAttempts: 185,
    });
    expect((await resource.diff(without, inputs({}))).changes).to.equal("none");
    await resource.delete(without);
  });

  it("is in the group that the program says, and goes with it", async () => {
    const group = new Resource(under, "aws:scheduler/scheduleGroup:ScheduleGroup", "own-group");
    const schedule = new Resource(under, type, "in-group");
    const madeGroup = await group.create({ name: "own-group" });
    const { arn, roleArn } = await callsAlias("group-role");
    const made = await schedule.create({
      name: "in-group",
      groupName: "own-group",
      scheduleExpression: "rate(1 hour)",
      flexibleTimeWindow: { mode: "OFF" },
      target: { arn, roleArn },
    });
    expect(made.id).to.equal("own-group/in-group");
    expect((await schedule.import(made.id))?.outputs.groupName).to.equal("own-group");
    await group.delete(madeGroup);
    expect(await schedule.refresh(made)).to.equal(undefined);
    await schedule.delete(made);
  });

  it("refuses a date that is none", async () => {
    const { failures } = await new Resource(under, type, "late").check({
      scheduleExpression: "rate(1 hour)",
      flexibleTimeWindow: { mode: "OFF" },
      target: { arn: "a", roleArn: "r" },
      startDate: "tomorrow",
    });
    expect(failures.map(({ reason }) => reason).join()).to.include("startDate is tomorrow");
  });
});
