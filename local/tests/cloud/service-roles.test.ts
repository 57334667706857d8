import { rm } from "node:fs/promises";
import { IAM } from "@aws-sdk/client-iam";
import { Scheduler } from "@aws-sdk/client-scheduler";
import { expect } from "chai";
import { temporaryHome } from "../../../tests/support/cloud";
import { eventually } from "../../../tests/support/eventually";
import { startMinistack } from "../../cloud/ministack";
import { ProcessSet } from "../../process/process-set";
import { FunctionStage } from "./function-stage";

describe("services that act with a role", () => {
  const home = temporaryHome();
  const processes = new ProcessSet();
  let stage: FunctionStage;
  let iam: IAM;
  before(async () => {
    // A minute of a schedule takes half a second.
    const { endpoint } = await startMinistack(home, processes, 120);
    const accountId = "123456789012";
    const credentials = { accessKeyId: accountId, secretAccessKey: "local" };
    const clientConfig = (region = "ap-northeast-1") => ({ region, endpoint, credentials });
    stage = new FunctionStage({ accountId, clientConfig });
    iam = new IAM(clientConfig());
  });
  after(async () => {
    await processes.close();
    await rm(home, { recursive: true, force: true });
  });

  const rights = (...allowed: [string, string][]) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: allowed.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource })),
    });
  const role = async (RoleName: string, service: string, ...allowed: [string, string][]) => {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    });
    const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument });
    await allow(RoleName, ...allowed);
    return Role?.Arn;
  };
  const allow = async (RoleName: string, ...allowed: [string, string][]) => {
    const none: [string, string] = ["s3:ListAllMyBuckets", "*"];
    const PolicyDocument = rights(...(allowed.length > 0 ? allowed : [none]));
    await iam.putRolePolicy({ RoleName, PolicyName: "rights", PolicyDocument });
  };
  const log = (name: string): [string, string] => [
    "logs:PutLogEvents",
    stage.arn("logs", `log-group:/aws/lambda/${name}:*`),
  ];

  it("poll a queue only while the function's role may, and write the function's log only if it may", async () => {
    const Role = await role("reader", "lambda.amazonaws.com");
    await stage.createFunction("reader", `console.log("called");`, { Role });
    const QueueUrl = await stage.createQueue("read");
    const queue = stage.arn("sqs", "read");
    const mapping = { EventSourceArn: queue, FunctionName: "reader:live" };
    const refused = await stage.lambda
      .createEventSourceMapping(mapping)
      .catch((error: unknown) => String(error));
    expect(refused).to.include("does not have permissions to call ReceiveMessage on SQS");

    const queueRights = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map(
      (action): [string, string] => [`sqs:${action}`, queue],
    );
    await allow("reader", ...queueRights);
    const UUID = await stage.map("read", "reader");
    await stage.sqs.sendMessage({ QueueUrl, MessageBody: "one" });
    await stage.drained(QueueUrl);
    expect(await stage.logged("reader")).to.deep.equal([]);

    await allow("reader", log("reader"));
    await stage.sqs.sendMessage({ QueueUrl, MessageBody: "two" });
    await eventually("the mapping says why", async () => {
      const { LastProcessingResult } = await stage.lambda.getEventSourceMapping({ UUID });
      return LastProcessingResult?.includes("not authorized to perform: sqs:ReceiveMessage");
    });
    expect((await stage.depth(QueueUrl)).visible).to.equal(1);
    await allow("reader", log("reader"), ...queueRights);
    await stage.drained(QueueUrl);
    expect(await stage.logged("reader")).to.deep.equal(["called"]);
  });

  it("call a schedule's function only if the schedule's role may call this alias", async () => {
    const Role = await role("scheduled", "lambda.amazonaws.com", log("scheduled"));
    await stage.createFunction("scheduled", `console.log("called");`, { Role });
    const QueueUrl = await stage.createQueue("aside");
    const alias = stage.arn("lambda", "function:scheduled:live");
    const send: [string, string] = ["sqs:SendMessage", stage.arn("sqs", "aside")];
    const other: [string, string] = ["lambda:InvokeFunction", `${alias}-other`];
    const RoleArn = await role("scheduler", "scheduler.amazonaws.com", other, send);
    await new Scheduler(stage.config).createSchedule({
      Name: "tick",
      ScheduleExpression: "rate(1 minute)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { Arn: alias, RoleArn, Input: "{}", DeadLetterConfig: { Arn: send[1] } },
    });
    const { Messages } = await stage.sqs.receiveMessage({
      QueueUrl,
      WaitTimeSeconds: 20,
      MessageAttributeNames: ["All"],
    });
    const attributes = Messages?.[0]?.MessageAttributes ?? {};
    expect(attributes.ERROR_CODE?.StringValue).to.match(/AccessDenied/);
    expect(attributes.ERROR_MESSAGE?.StringValue).to.include(
      `lambda:InvokeFunction on resource: ${alias}`,
    );
    expect(await stage.logged("scheduled")).to.deep.equal([]);

    await allow("scheduler", ["lambda:InvokeFunction", alias], send);
    await eventually(
      "the function was called",
      async () => (await stage.logged("scheduled")).length > 0,
    );
  });
});
