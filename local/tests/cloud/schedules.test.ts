import { rm } from "node:fs/promises";
import { type CreateScheduleCommandInput, Scheduler } from "@aws-sdk/client-scheduler";
import { expect } from "chai";
import { embeddedCloud, temporaryHome } from "../../../tests/support/cloud";
import { eventually } from "../../../tests/support/eventually";
import { startMinistack } from "../../cloud/ministack";
import { ProcessSet } from "../../process/process-set";
import { FunctionStage } from "./function-stage";

describe("a schedule of EventBridge Scheduler", () => {
  async function stage() {
    const account = (await embeddedCloud()).account();
    return { account, ...scheduled(new FunctionStage(account)) };
  }

  function scheduled(stage: FunctionStage) {
    const scheduler = new Scheduler(stage.config);
    const request = async (
      more: Partial<CreateScheduleCommandInput> = {},
    ): Promise<CreateScheduleCommandInput> => ({
      Name: "tick",
      ScheduleExpression: "rate(1 minute)",
      FlexibleTimeWindow: { Mode: "OFF" },
      ...more,
      Target: {
        Arn: stage.arn("lambda", "function:tick:live"),
        RoleArn: await stage.roleArn(),
        ...more.Target,
      },
    });
    return { stage, scheduler, request };
  }

  const body = `console.log(JSON.stringify({ event, arn: context.invokedFunctionArn }));`;
  interface Call {
    event: Record<string, unknown>;
    arn: string;
  }

  it("calls the alias with its input when the cloud's clock says so; what passed while it was disabled is not made up for", async () => {
    const { account, stage: functions, scheduler, request } = await stage();
    await functions.createFunction("tick", body);
    const Input = JSON.stringify({ tick: true, at: "<aws.scheduler.scheduled-time>" });
    await scheduler.createSchedule(
      await request({ State: "DISABLED", Target: { Input } as never }),
    );
    await account.passTime(600);

    await scheduler.updateSchedule(await request({ State: "ENABLED", Target: { Input } as never }));
    for (const calls of [1, 2]) {
      await account.passTime(60);
      const logged = await eventually(`call ${calls}`, async () => {
        const found = await functions.loggedJson<Call>("tick");
        return found.length === calls && found;
      });
      expect(logged[0]?.event).to.include({ tick: true });
      expect(logged[0]?.event.at).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(logged[0]?.arn).to.equal(functions.arn("lambda", "function:tick:live"));
    }
  });

  it("sends the call to its dead-letter queue if the function does not exist, at once", async () => {
    const { account, stage: functions, scheduler, request } = await stage();
    const QueueUrl = await functions.createQueue("aside");
    const DeadLetterConfig = { Arn: functions.arn("sqs", "aside") };
    await scheduler.createSchedule(
      await request({ Target: { Input: '{"tick":true}', DeadLetterConfig } as never }),
    );
    await account.passTime(60);
    const { Messages } = await functions.sqs.receiveMessage({
      QueueUrl,
      WaitTimeSeconds: 20,
      MessageAttributeNames: ["All"],
    });
    expect(Messages?.[0]?.Body).to.equal('{"tick":true}');
    expect(Messages?.[0]?.MessageAttributes?.ERROR_CODE?.StringValue).to.match(/NotFound/);
  });

  it("leaves a function's own failure to the function: three attempts, then the function's dead-letter queue", async () => {
    const { account, stage: functions, scheduler, request } = await stage();
    const QueueUrl = await functions.createQueue("failed");
    await functions.createFunction("tick", `${body} throw new TypeError("no");`, {
      DeadLetterConfig: { TargetArn: functions.arn("sqs", "failed") },
    });
    await scheduler.createSchedule(await request({ Target: { Input: '{"tick":true}' } as never }));
    await account.passTime(60);
    const { Messages } = await functions.sqs.receiveMessage({
      QueueUrl,
      WaitTimeSeconds: 20,
      MessageAttributeNames: ["All"],
    });
    expect(Messages?.[0]?.Body).to.equal('{"tick":true}');
    expect(Messages?.[0]?.MessageAttributes?.ErrorMessage?.StringValue).to.equal("no");
    const calls = (await functions.logged("tick")).filter((line) => line.startsWith('{"event"'));
    expect(calls).to.have.length(3);
    expect(
      await functions.metric("AWS/Lambda", "Errors", {
        FunctionName: "tick",
        Resource: "tick:live",
      }),
    ).to.equal(3);
  });

  it("runs faster with the cloud's clock, one call after the other", async () => {
    const home = temporaryHome();
    const processes = new ProcessSet();
    try {
      const { endpoint } = await startMinistack(home, processes, 120);
      const accountId = "123456789012";
      const credentials = { accessKeyId: accountId, secretAccessKey: "local" };
      const clientConfig = (region = "ap-northeast-1") => ({ region, endpoint, credentials });
      const {
        stage: functions,
        scheduler,
        request,
      } = scheduled(new FunctionStage({ accountId, clientConfig }));
      // A minute takes half a second, a call a bit longer.
      const slow = `const began = Date.now();
        await new Promise((resolve) => setTimeout(resolve, 700));
        console.log(JSON.stringify({ began, ended: Date.now() }));`;
      await functions.createFunction("tick", slow);
      await scheduler.createSchedule(await request());
      const calls = await eventually("two calls", async () => {
        const found = await functions.loggedJson<{ began: number; ended: number }>("tick");
        return found.length >= 2 && found;
      });
      calls.slice(1).forEach(({ began }, index) => {
        expect(began).to.be.at.least(calls[index]?.ended ?? 0);
      });
    } finally {
      await processes.close();
      await rm(home, { recursive: true, force: true });
    }
  });
});
