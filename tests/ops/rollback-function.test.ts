import {
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { expect } from "chai";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import { functionOf } from "../../ops/estate/function-of";
import { LiveFunction, type FunctionVersion } from "../../ops/function/live-function";
import { planFunctionRollback } from "../../ops/rollback/function/plan";
import { embeddedCloud, type TestAccount } from "../support/cloud";
import { createRole } from "../support/role";
import { zipOf } from "../worker/extract/zip-of";
import { DeployedOutput } from "./deployed-output";

const version = (number: number, codeSha256 = `code ${number}`): FunctionVersion => ({
  number,
  codeSha256,
  publishedAt: new Date(number * 60_000),
});
const versions = [version(5), version(4), version(2, "code 5")];
const at = (number: number | undefined, shares = {}) => ({
  version: number,
  shares,
  revision: "r",
});

describe("the plan of a function's rollback", () => {
  it("goes to the version before", () => {
    expect(planFunctionRollback({ state: at(5), versions })).to.deep.include({
      from: version(5),
      to: version(4),
      isSameCode: false,
      isDone: false,
    });
  });

  it("says when only the configuration differs, and which shares end", () => {
    expect(planFunctionRollback({ state: at(5, { 4: 0.1 }), versions, to: "2" })).to.deep.include({
      isSameCode: true,
      shares: { 4: 0.1 },
    });
  });

  it("does not go further back when it is repeated", () => {
    const again = () => planFunctionRollback({ state: at(4), versions });
    expect(again).to.throw("rolled back already").with.property("exitCode", 2);
    expect(again).to.throw("--to NUMBER");
    expect(planFunctionRollback({ state: at(4), versions, to: "4" }).isDone).to.equal(true);
    // A share of another version has still to end.
    expect(planFunctionRollback({ state: at(4, { 5: 0.1 }), versions, to: "4" }).isDone).to.equal(
      false,
    );
  });

  it("is refused without a version before, for one that does not exist, and for $LATEST", () => {
    const first = { state: at(1), versions: [version(1)] };
    expect(() => planFunctionRollback(first)).to.throw("no version before 1");
    expect(() => planFunctionRollback({ state: at(5), versions, to: "3" })).to.throw(
      /no version "3"[^]*5 {2}published/,
    );
    expect(() => planFunctionRollback({ state: at(undefined), versions })).to.throw("$LATEST");
  });
});

const working = `exports.handler = async (event, context) =>
  event.queuefleetCheck ? { ok: true, version: context.functionVersion } : { worked: true };`;
const withoutModule = `require("./gone"); ${working}`;

describe("the function of a rollback", () => {
  const arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:shop-worker";
  const worker = { name: "shop-worker", arn, logGroupName: "/aws/lambda/shop-worker" };
  const outputs = (functions: SystemOutputs["functions"]) =>
    ({ system: "shop", functions }) as SystemOutputs;

  it("is named by its key or by its physical name", () => {
    const deployed = outputs({ worker: { ...worker, alias: "live" } });
    const found = { key: "worker", name: "shop-worker", alias: "live" };
    expect(functionOf(deployed, "worker")).to.include(found);
    expect(functionOf(deployed, "shop-worker")).to.include(found);
    expect(() => functionOf(deployed, "baker")).to.throw("Its functions: worker.");
  });

  it("must have been deployed with its alias in the output", () => {
    expect(() => functionOf(outputs({ worker }), "worker")).to.throw("Deploy shop again");
  });
});

describe("a rollback of a function", function () {
  this.timeout(120_000);
  let account: TestAccount;
  let lambda: LambdaClient;
  let live: LiveFunction;
  const FunctionName = "shop-worker";
  before(async () => {
    account = (await embeddedCloud()).account();
    lambda = new LambdaClient(account.clientConfig());
    live = new LiveFunction(lambda, FunctionName, "live");
    const Role = await createRole(account, "worker", "lambda.amazonaws.com");
    // Version 1 cannot load, 2 works, 3 works, and 4 cannot load.
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role,
        Code: { ZipFile: await zip(`${withoutModule} // 1`) },
        Publish: true,
      }),
    );
    for (const code of [`${working} // 2`, `${working} // 3`, `${withoutModule} // 4`]) {
      const ZipFile = await zip(code);
      await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
      await lambda.send(new PublishVersionCommand({ FunctionName }));
    }
    await lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "4" }));
  });
  const zip = (code: string) => zipOf({ "index.js": code });
  const pointTo = (FunctionVersion: string) =>
    lambda.send(new UpdateAliasCommand({ FunctionName, Name: "live", FunctionVersion }));
  const pointsTo = async () =>
    (await lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }))).FunctionVersion;

  it("knows which versions answer the check, and why others do not", async () => {
    expect((await live.versions()).map(({ number }) => number)).to.deep.equal([4, 3, 2, 1]);
    expect(await live.check(3)).to.deep.equal({ answers: true });
    const broken = await live.check(4);
    expect(broken).to.include({ answers: false });
    expect("fault" in broken && broken.fault).to.include("gone");
  });

  it("moves nothing when somebody else has moved the alias meanwhile", async () => {
    const before = await live.state();
    await pointTo("2");
    const moved = await live.move(3, before).catch((error: Error) => error.message);
    expect(moved).to.include("Nothing was changed");
    expect(await pointsTo()).to.equal("2");
    await pointTo("4");
  });

  describe("by the command line", () => {
    let deployed: DeployedOutput;
    before(async () => {
      deployed = new DeployedOutput(account);
      const arn = `arn:aws:lambda:ap-northeast-1:${account.accountId}:function:${FunctionName}`;
      const logGroupName = `/aws/lambda/${FunctionName}`;
      const worker = { name: FunctionName, arn, logGroupName };
      await deployed.deploy({
        queues: {},
        functions: {
          worker: { ...worker, alias: "live" },
          other: { ...worker, alias: "live" },
          old: worker,
        },
      });
    });
    after(() => deployed.close());
    const rollback = (...parameters: string[]) =>
      deployed.ops(["rollback", "dev", "shop", ...parameters]);

    it("goes to the version before, and says what the next update does", async () => {
      const dry = await rollback("worker", "--dry-run");
      expect(dry.code, dry.stderr).to.equal(0);
      expect(dry.stdout).to.match(/from {2}version 4.*\n.*to {4}version 3.*\n.*answers the check/);
      expect(await pointsTo()).to.equal("4");

      const { code, stdout, stderr } = await rollback("worker", "--yes");
      expect(code, stderr).to.equal(0);
      expect(stdout)
        .to.match(/Rolled back in \d+\.\d s/)
        .and.include("calls version 3");
      expect(stdout).to.include("`up --refresh` of the same code would move the alias");
      expect(stdout).to.match(/Audit: \S+Z arn:.*from version 4 to version 3/);
      expect(await pointsTo()).to.equal("3");
    });

    it("is refused for a version that does not answer the check, unless that is said", async () => {
      const broken = await rollback(FunctionName, "--to", "1", "--yes");
      expect(broken.code).to.equal(1);
      expect(broken.stderr).to.include("does not answer the check").and.include("--unchecked");
      expect(await pointsTo()).to.equal("3");
      const forced = await rollback("worker", "--to", "1", "--unchecked", "--yes", "--json");
      expect(forced.code, forced.stderr).to.equal(0);
      expect(JSON.parse(forced.stdout)).to.deep.include({
        dryRun: false,
        functionName: FunctionName,
      });
      expect(await pointsTo()).to.equal("1");
    });

    it("shows what runs when no function is named", async () => {
      const none = await rollback("--yes");
      expect(none.code).to.equal(2);
      expect(none.stderr)
        .to.match(/worker +1 /)
        .and.match(/other +1 /);
    });
  });
});
