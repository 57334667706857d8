import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { consumersOf } from "../../../ops/dlq/consumers";
import { describePlan } from "../../../ops/dlq/redrive/describe";
import { eventually } from "../../support/eventually";
import { QueuePair } from "../../support/queue-pair";
import { createRole } from "../../support/role";
import { zipOf } from "../../worker/extract/zip-of";

describe("the functions of a queue", function () {
  this.timeout(60_000);

  it("are named before a redrive if they are paused, because the messages wait for them", async () => {
    const { account } = await QueuePair.create();
    const EventSourceArn = `arn:aws:sqs:ap-northeast-1:${account.accountId}:jobs`;
    const config = account.clientConfig();
    const lambda = new LambdaClient(config);
    const Role = await createRole(account, "worker", "lambda.amazonaws.com");
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "worker",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role,
        Code: { ZipFile: await zipOf({ "index.js": "exports.handler = async () => {};" }) },
      }),
    );
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: "worker",
        EventSourceArn,
        Enabled: false,
      }),
    );
    const consumers = await eventually("the mapping is disabled", async () => {
      const found = await consumersOf(config, EventSourceArn);
      return found?.[0]?.state === "Disabled" && found;
    });
    expect(consumers).to.deep.equal([{ functionName: "worker", state: "Disabled" }]);

    const subject = { environment: "dev", queue: "shop/jobs", from: "jobs-dlq", to: "jobs" };
    const depth = { waiting: 2, inFlight: 1, delayed: 0, at: new Date() };
    const plan = describePlan(subject, depth, consumers);
    expect(plan).to.include("worker is paused").and.include("do not use up their receives");
    expect(plan).to.include("Hidden: about 1 message more");
  });
});
