import {
  GetAliasCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { messageCheckWaitSeconds } from "../../contracts/message-check";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import { aliasedFunctions } from "../../ops/estate/function-of";
import { checkFunction, type FunctionCheck } from "../../ops/function/check/check-function";
import { MessageChecker } from "../../ops/function/check/message-checker";
import { DeployedOutput } from "./deployed-output";
import { failingCode, FunctionStage } from "./function-stage";

describe("the wait of a message check", () => {
  it("is a minute beyond the function's timeout, and within one call", () => {
    expect([60, 900].map(messageCheckWaitSeconds)).to.deep.equal([120, 780]);
  });
});

describe("ops function check", function () {
  this.timeout(120_000);
  let stage: FunctionStage;
  let deployed: DeployedOutput;
  before(async () => {
    stage = await FunctionStage.create();
    const queues = [await stage.queue("orders"), await stage.queue("orders-v2", { fifo: true })];
    await stage.worker("orders", queues);
    await stage.worker("mails", [await stage.queue("mails")], { enabled: false });
    await stage.function("broken", { text: `require("./gone");` }, { rights: [] });
    // It may not send to the queue of "refused", which is created afterwards.
    await stage.messageCheck(["orders", "refused"]);
    await stage.worker("refused", [await stage.queue("refused")]);
    deployed = new DeployedOutput(stage.account);
    await deployed.deploy(stage.parts);
  });
  after(() => {
    deployed.close();
    stage.close();
  });
  const check = (...parameters: string[]) =>
    deployed.ops(["function", "check", "dev", "shop", ...parameters]);

  it("calls every function, and sees a message received through each queue, also a FIFO one", async () => {
    const [orders, mails] = await Promise.all([check("orders"), check("shop-mails")]);
    expect(orders.code, orders.stderr).to.equal(0);
    expect(orders.stdout).to.match(/orders +1 +yes +orders: yes; orders-v2: yes/);
    expect(orders.stdout).to.match(
      /1 function of shop dev: all checks passed, 2 test messages received\.\n$/,
    );
    expect(orders.stderr).to.include("through orders-v2; it may take 80 s");
    expect(mails.code, mails.stderr).to.equal(0);
    expect(mails.stdout)
      .to.match(/mails +1 +yes +paused, not checked/)
      .and.include("1 queue paused and not checked.");
    expect(await stage.count(stage.queues.mails!)).to.equal(0);
  });

  it("ends with 1 and says what failed and where its log is", async () => {
    const { code, stdout } = await check("--json");
    expect(code).to.equal(1);
    const { ok, functions } = JSON.parse(stdout) as { ok: boolean; functions: FunctionCheck[] };
    expect(ok).to.equal(false);
    const of = (name: string) => functions.find(({ key }) => key === name);
    expect(functions.map(({ key }) => key)).to.have.members(Object.keys(stage.functions));
    expect(of("message-check")).to.deep.include({ check: { answers: true }, messages: [] });
    expect(of("broken")?.check).to.have.property("fault").that.includes("Cannot find module");
    expect(of("broken")?.logGroupName).to.equal("/aws/lambda/shop-broken");
    const [message] = of("refused")?.messages ?? [];
    expect(message?.outcome).to.equal("not received");
    expect(message && "fault" in message && message.fault).to.include("sqs:SendMessage");
  });

  it("names a function that is not there, and what a rollback needs", async () => {
    const [unknown, unasked] = await Promise.all([check("bakers"), check("orders", "--roll-back")]);
    expect(unknown.code).to.equal(2);
    expect(unknown.stderr).to.include('no function "bakers". Its functions: broken, mails');
    expect(unasked.code).to.equal(2);
    expect(unasked.stderr).to.include("Nothing was changed").and.include("--yes");
  });

  it("rolls a version back that does not receive its message, when it is told to", async () => {
    const FunctionName = "shop-orders";
    await stage.lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName,
        ZipFile: await stage.zip({ text: failingCode }),
      }),
    );
    await stage.lambda.send(new PublishVersionCommand({ FunctionName }));
    const FunctionVersion = "2";
    await stage.lambda.send(
      new UpdateAliasCommand({ FunctionName, Name: "live", FunctionVersion }),
    );
    const outputs = { ...stage.parts, system: "shop" } as SystemOutputs;
    const checker = MessageChecker.of(outputs, stage.account.clientConfig());
    const [orders] = aliasedFunctions(outputs);
    const run = (rollBack: boolean) =>
      checkFunction(orders!, {
        ...{ lambda: stage.lambda, queues: stage.queues, rollBack },
        // It does not wait a minute for what never comes.
        checker: checker && { ask: (request) => checker.ask({ ...request, waitSeconds: 2 }) },
        progress: () => undefined,
      });
    const pointsTo = async () =>
      (await stage.lambda.send(new GetAliasCommand({ FunctionName, Name: "live" })))
        .FunctionVersion;

    const left = await run(false);
    expect(left).to.deep.include({ version: 2, check: { answers: true } });
    expect(left.messages.map(({ outcome }) => outcome)).to.deep.equal(["not received", "not sent"]);
    expect(await pointsTo()).to.equal("2");

    const moved = await run(true);
    expect(moved).to.include({ version: 2, rolledBackTo: 1 });
    expect(await pointsTo()).to.equal("1");
  });
});
