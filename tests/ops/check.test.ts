import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { expect } from "chai";
import { givenContext, type Context } from "../../ops/check/context";
import { resourcesOf } from "../../ops/check/reference";
import { nameIn, type Planned } from "../../ops/adopt/planned";
import { lookUps, neededRights } from "../../ops/check/needs";
import { principalOf } from "../../ops/check/principal";
import { missingRights, type Missing } from "../../ops/check/simulate";
import program from "../../systems/file-search";
import { recordProgram } from "../support/recorded-program";
import { stackConfig } from "../support/system-config";
import { embeddedCloud, type TestAccount } from "../support/cloud";
import { environmentWithout } from "../support/run-cli";
import { fileSearchUrns } from "../systems/file-search/urns";

const root = resolve(__dirname, "../..");

describe("the check of rights", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "queuefleet-check-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let account: TestAccount;

  const role = (name: string, ...actions: string[]) => roleWith(name, [allow(actions)]);
  const allow = (Action: string[], Resource: string | string[] = "*", Condition?: object) => ({
    Effect: "Allow",
    Action,
    Resource,
    Condition,
  });
  /** Everything but some actions. */
  const allBut = (...NotAction: string[]) => ({ Effect: "Allow", NotAction, Resource: "*" });
  const iamClient = () => new IAMClient(account.clientConfig());
  async function roleWith(name: string, statements: object[], Path = "/"): Promise<string> {
    const iam = iamClient();
    const document = (...Statement: object[]) =>
      JSON.stringify({ Version: "2012-10-17", Statement });
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: name,
        Path,
        AssumeRolePolicyDocument: document({
          Effect: "Allow",
          Principal: "*",
          Action: "sts:AssumeRole",
        }),
      }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: "deploy",
        PolicyDocument: document(...statements),
      }),
    );
    return Role?.Arn ?? "";
  }
  const check = (principal: string, ...more: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
      execFile(
        process.execPath,
        [
          ...[join(root, "ops/bin/ops.js"), "check", "dev", "file-search"],
          ...["--principal", principal, "--local", ...more],
        ],
        {
          env: {
            ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
            ...account.environment(),
            PULUMI_LOCAL_HOME: join(folder, "home"),
          },
        },
        (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });

  /** What the command says. */
  async function missingOf(principal: string, ...more: string[]): Promise<Missing[]> {
    const { code, stdout, stderr } = await check(principal, "--json", ...more);
    const { missing, unknown } = JSON.parse(stdout) as { missing: Missing[]; unknown: string[] };
    expect(unknown, `${stdout}${stderr}`).to.deep.equal([]);
    expect(code, stderr).to.equal(missing.length === 0 ? 0 : 1);
    return missing;
  }
  /** The same of a recorded run of the program, without a preview for each. */
  let planned: Planned[];
  async function judged(principal: string, context: Context = {}): Promise<Missing[]> {
    const place = { partition: "aws", region: "ap-northeast-1", accountId: account.accountId };
    const subject = { environment: "dev", system: "file-search" };
    const { needs } = await neededRights(planned, place, subject);
    const all = [...(await lookUps(place)), ...needs];
    return missingRights(iamClient(), all, { principal, context });
  }

  before(async () => {
    account = (await embeddedCloud()).account();
    const config = stackConfig("file-search", "dev");
    const run = { project: "file-search", stack: "dev", config };
    planned = (await recordProgram(program, run)).resources.map(({ urn, type, inputs }) => {
      return { op: "create", urn, name: nameIn(urn), type, inputs };
    });
  });

  it("names what is missing, on what, and for what", async () => {
    const arn = await roleWith("deploy", [
      allBut("ssm:SendCommand", "ssm:PutParameter", "autoscaling:StartInstanceRefresh"),
    ]);
    const regional = `ap-northeast-1:${account.accountId}`;
    const group = "cis-filesearch-worker-asg-dev";
    const missing = await missingOf(arn);
    expect(missing.map((one) => [one.action, one.resource, one.for])).to.have.deep.members([
      [
        "autoscaling:StartInstanceRefresh",
        `arn:aws:autoscaling:${regional}:autoScalingGroup:*:autoScalingGroupName/${group}`,
        ["up", "a release"],
      ],
      ...[`ssm:${regional}:document/${group}-switch-bundle`, `ec2:${regional}:instance/*`].map(
        (resource) => ["ssm:SendCommand", `arn:aws:${resource}`, ["a rollback"]],
      ),
      [
        "ssm:PutParameter",
        `arn:aws:ssm:${regional}:parameter/queuefleet/dev/file-search/workers/release-hold`,
        ["a rollback"],
      ],
    ]);
    expect(new Set(missing.map(({ why }) => why))).to.deep.equal(new Set(["no policy allows it"]));
  });

  it("knows on which resource a right is needed", async () => {
    const queues = `arn:aws:sqs:ap-northeast-1:${account.accountId}`;
    const arn = await roleWith("limited", [
      allBut("sqs:*"),
      allow(["sqs:*"], `${queues}:file-processing-*`),
    ]);
    const missing = await judged(arn);
    expect(new Set(missing.map(({ resource }) => resource.split(":").at(-1)))).to.deep.equal(
      new Set([
        "cis-filesearch-dev-slack-notifier-dlq",
        "cis-filesearch-worker-asg-dev-release-guard-dlq",
      ]),
    );
    expect(missing.every(({ action }) => action.startsWith("sqs:"))).to.equal(true);
  });

  it("asks for all resources where an action knows none", async () => {
    const arn = await roleWith("described", [
      allBut("autoscaling:Describe*"),
      allow(["autoscaling:Describe*"], "arn:aws:autoscaling:*:*:autoScalingGroup:*"),
    ]);
    const missing = await judged(arn);
    expect(missing.map(({ action }) => action)).to.include("autoscaling:DescribeAutoScalingGroups");
    expect(new Set(missing.map(({ resource }) => resource))).to.deep.equal(new Set(["*"]));
  });

  it("knows the region, the tags, and which service a role is passed to", async () => {
    const onlyHere = { StringEquals: { "aws:RequestedRegion": "ap-northeast-1" } };
    const services = ["ec2.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com"];
    const arn = await roleWith("conditional", [
      allBut("ec2:*", "iam:*"),
      allow(["ec2:*"], "*", onlyHere),
      allow(["iam:*"], "*", { StringEquals: { "aws:RequestedRegion": "us-east-1" } }),
      {
        Effect: "Deny",
        Action: "iam:PassRole",
        Resource: "*",
        Condition: { StringNotEquals: { "iam:PassedToService": services } },
      },
      ...["sqs:CreateQueue", "kms:CreateKey"].map((Action) => ({
        Effect: "Deny",
        Action,
        Resource: "*",
        Condition: { StringNotEquals: { "aws:RequestTag/Project": "file-search" } },
      })),
    ]);
    expect(await judged(arn)).to.deep.equal([]);
    const functions = await roleWith("functions-only", [
      allBut("iam:PassRole"),
      allow(["iam:PassRole"], "*", { StringEquals: { "iam:PassedToService": services[1] } }),
    ]);
    expect(
      (await judged(functions)).map(({ action, resource }) => [action, resource]),
    ).to.have.deep.members(
      ["worker", "notifier-schedule"].map((role) => [
        "iam:PassRole",
        `arn:aws:iam::${account.accountId}:role/cis-filesearch-dev-${role}`,
      ]),
    );
  });

  it("tells IAM only the tags that a request has", async () => {
    const withTag = (kind: string) =>
      allow(["*"], "*", { StringEquals: { [`aws:${kind}/Project`]: "file-search" } });
    const missing = async (kind: string) =>
      (await judged(await roleWith(kind, [withTag(kind)]))).map(({ action }) => action);
    const ofRequest = await missing("RequestTag");
    expect(ofRequest).to.include.members(["sqs:DeleteQueue", "iam:GetRole", "s3:GetObject"]);
    expect(ofRequest).not.to.include.members(["sqs:CreateQueue"]);
    expect(ofRequest).not.to.include.members(["kms:CreateKey"]);
    const ofResource = await missing("ResourceTag");
    expect(ofResource).to.include.members(["sqs:CreateQueue", "iam:CreateRole"]);
    expect(ofResource).not.to.include.members(["autoscaling:UpdateAutoScalingGroup"]);
  });

  it("takes a key in any case instead of what it knows itself", async () => {
    const arn = await roleWith("elsewhere", [
      allow(["*"], "*", { StringEquals: { "aws:RequestedRegion": "eu-west-1" } }),
    ]);
    expect(await judged(arn, { "aws:requestedregion": "eu-west-1" })).to.deep.equal([]);
  });

  it("prints them by resource, says on which condition keys they depend, and takes values", async () => {
    const arn = await roleWith("office", [
      allBut("kms:*", "ssm:PutParameter", "ssm:DeleteParameter"),
      allow(["kms:*"], "*", { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
    ]);
    const { stdout } = await check(arn);
    // By resource, with what they are for, and how many there are.
    expect(stdout).to.match(
      /parameter\/queuefleet\/dev\/file-search\/workers\/release-hold +ssm:PutParameter +a rollback +no policy allows it.*\n +ssm:DeleteParameter/,
    );
    expect(stdout).to.match(
      /has \d+ of the \d+ for `up`, (\d+) of the \1 for a release and \d+ of/,
    );
    expect(stdout).to.include("no policy allows it, without a value of aws:SourceIp");
    expect(stdout).to.include("--context aws:SourceIp=…");
    const from = (address: string) => judged(arn, { "aws:SourceIp": address });
    expect((await from("203.0.113.7")).map(({ action }) => action)).to.deep.equal([
      ...["ssm:PutParameter", "ssm:DeleteParameter"],
    ]);
    expect(await from("198.51.100.1")).not.to.have.lengthOf(2);
    expect(
      await givenContext(["aws:SourceIp=203.0.113.7", "aws:TagKeys=a", "aws:TagKeys=b=c"]),
    ).to.deep.equal({ "aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["a", "b=c"] });
    const wrong = await check(arn, "--context", "nonsense", "aws:Nothing=1");
    expect(wrong.code).to.equal(2);
    expect(wrong.stderr).to.include('"nonsense" is not KEY=VALUE');
    expect(wrong.stderr).to.include('AWS has no key "aws:Nothing"');
    expect((await check(arn, "--region", "nowhere")).code).to.equal(2);
  });

  it("ends with 0 when nothing is missing", async () => {
    expect(await missingOf(await role("admin", "*"))).to.deep.equal([]);
  });

  it("knows the rights of every type that a system has", async () => {
    const place = { partition: "aws", region: "ap-northeast-1", accountId: "123456789012" };
    const subject = { environment: "prod", system: "file-search" };
    const rights = (types: string[]) =>
      neededRights(
        types.map((type) => ({
          op: "create",
          urn: "",
          name: "x",
          type,
          inputs: { forceDestroy: true },
        })),
        place,
        subject,
      );
    const types = fileSearchUrns("prod").map((urn) => urn.split("::")[0]?.split("$").at(-1) ?? "");
    const { needs, unknown } = await rights(types);
    expect(unknown).to.deep.equal([]);
    // Nothing is left of an ARN's format.
    expect(needs.filter(({ resource }) => /[$\\{}]/.test(resource))).to.deep.equal([]);
    expect((await rights(["aws:rds/instance:Instance"])).unknown).to.deep.equal([
      "aws:rds/instance:Instance",
    ]);
  });

  it("names what functions, tables and schedules are called by", async () => {
    const place = { partition: "aws", region: "ap-southeast-2", accountId: "123456789012" };
    const subject = { environment: "prod", system: "watchme" };
    const planned = (type: string, inputs: Record<string, unknown>, id?: string): Planned => ({
      op: "create",
      urn: "",
      name: "x",
      type,
      inputs,
      ...(id === undefined ? {} : { id }),
    });
    const alias = "arn:aws:lambda:ap-southeast-2:123456789012:function:watchme-asr-worker:live";
    const { needs, unknown } = await neededRights(
      [
        planned("aws:dynamodb/table:Table", { name: "watchme-state" }),
        planned("aws:lambda/eventSourceMapping:EventSourceMapping", { functionName: alias }, "7d1"),
        planned("aws:lambda/function:Function", {
          name: "watchme-asr-worker",
          reservedConcurrentExecutions: 10,
        }),
        planned("aws:lambda/function:Function", { name: "watchme-free" }),
        planned("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", {
          functionName: "watchme-asr-worker",
          qualifier: "live",
        }),
        planned("aws:lambda/invocation:Invocation", {
          functionName: "watchme-asr-worker",
          qualifier: "7",
        }),
        planned("aws:scheduler/schedule:Schedule", { name: "watchme-checker" }),
        planned("aws:scheduler/scheduleGroup:ScheduleGroup", { name: "watchme" }),
      ],
      place,
      subject,
    );
    expect(unknown).to.deep.equal([]);
    const on = (action: string) =>
      needs.filter((need) => need.action === action).map(({ resource }) => resource);
    const lambda = "arn:aws:lambda:ap-southeast-2:123456789012";
    const scheduler = "arn:aws:scheduler:ap-southeast-2:123456789012";
    expect(on("dynamodb:UpdateTimeToLive")).to.deep.equal([
      "arn:aws:dynamodb:ap-southeast-2:123456789012:table/watchme-state",
    ]);
    expect(on("lambda:CreateEventSourceMapping")).to.deep.equal(["*"]);
    expect(on("lambda:UpdateEventSourceMapping")).to.deep.equal([
      `${lambda}:event-source-mapping:7d1`,
    ]);
    expect(
      needs.find(({ action }) => action === "lambda:CreateEventSourceMapping")?.context,
    ).to.include({ "lambda:FunctionArn": alias });
    expect(on("lambda:PutFunctionConcurrency")).to.deep.equal([
      `${lambda}:function:watchme-asr-worker`,
    ]);
    expect(on("lambda:PutFunctionEventInvokeConfig")).to.deep.equal([
      `${lambda}:function:watchme-asr-worker:live`,
    ]);
    // The next release has another version.
    expect(on("lambda:InvokeFunction")).to.deep.equal([`${lambda}:function:watchme-asr-worker:*`]);
    expect(on("scheduler:CreateSchedule")).to.deep.equal([
      `${scheduler}:schedule/default/watchme-checker`,
    ]);
    expect(on("scheduler:CreateScheduleGroup")).to.deep.equal([
      `${scheduler}:schedule-group/watchme`,
    ]);
  });

  it("refuses a right whose resource cannot be named", async () => {
    const place = { partition: "aws", region: "ap-northeast-1", accountId: "123456789012" };
    const fault = await resourcesOf("sqs:DeleteQueue", {}, place).catch(String);
    expect(fault).to.include("sqs:DeleteQueue");
    const asked = await resourcesOf("sqs:DeleteQueue", { QueueName: ["a", "b"] }, place);
    expect(asked.map(({ resource }) => resource)).to.deep.equal([
      "arn:aws:sqs:ap-northeast-1:123456789012:a",
      "arn:aws:sqs:ap-northeast-1:123456789012:b",
    ]);
  });

  it("judges the role behind a session, with its path, and says what cannot be judged", async () => {
    const path = "/aws-reserved/sso.amazonaws.com/ap-northeast-1/";
    const arn = await roleWith("AWSReservedSSO_admin_0123456789abcdef", [allow(["*"])], path);
    expect(arn).to.include(`role${path}`);
    const session = `arn:aws:sts::${account.accountId}:assumed-role`;
    const iam = iamClient();
    expect(
      await principalOf(iam, `${session}/AWSReservedSSO_admin_0123456789abcdef/kim`, undefined),
    ).to.equal(arn);
    expect(await judged(arn)).to.deep.equal([]);
    const fault = (caller: string, named?: string) => principalOf(iam, caller, named).catch(String);
    expect(await fault(`${session}/gone/kim`))
      .to.include("iam:GetRole")
      .and.include("--principal");
    expect(await fault("arn:aws:iam::123456789012:root")).to.include("--principal");
    expect(await fault("arn:aws:sts::123456789012:federated-user/kim")).to.include("--principal");
    expect(await fault(arn, "deploy")).to.include("--principal deploy is no ARN");
  });

  it("says how to log in if there are no credentials, and ends with 3", async () => {
    const names = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
    const env = {
      ...environmentWithout(...names),
      HOME: folder,
      // No machine's role is asked for.
      AWS_EC2_METADATA_DISABLED: "true",
    };
    const { code, stderr } = await new Promise<{ code: number; stderr: string }>((done) => {
      const parameters = [join(root, "ops/bin/ops.js"), "check", "prod", "file-search"];
      execFile(process.execPath, parameters, { env }, (error, _, text) =>
        done({ code: Number(error?.code ?? 0), stderr: text }),
      );
    });
    expect(code).to.equal(3);
    expect(stderr).to.include("There are no AWS credentials").and.include("--local");
  });
});
