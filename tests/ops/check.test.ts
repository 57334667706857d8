import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { expect } from "chai";
import { neededActions } from "../../ops/check/actions";
import { principalOf } from "../../ops/check/simulate";
import { embeddedCloud, type TestAccount } from "../support/cloud";
import { environmentWithout } from "../support/run-cli";
import { fileSearchUrns } from "../systems/file-search/urns";

const root = resolve(__dirname, "../..");

describe("the check of rights", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "queuefleet-check-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let account: TestAccount;

  const role = (name: string, ...actions: string[]) => roleWith(name, allow(actions));
  const allow = (Action: string[], Resource: string | string[] = "*") => ({
    Effect: "Allow",
    Action,
    Resource,
  });
  async function roleWith(name: string, ...statements: object[]): Promise<string> {
    const iam = new IAMClient(account.clientConfig());
    const document = (...Statement: object[]) =>
      JSON.stringify({ Version: "2012-10-17", Statement });
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: name,
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
  const check = (principal: string) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
      execFile(
        process.execPath,
        [
          ...[join(root, "ops/bin/ops.js"), "check", "dev", "file-search"],
          ...["--principal", principal, "--local", "--json"],
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

  before(async () => {
    account = (await embeddedCloud()).account();
  });

  it("names what is missing, and for what, and ends with 1", async () => {
    const services = [
      "sqs",
      "s3",
      "cloudwatch",
      "logs",
      "iam",
      "ec2",
      "kms",
      "sns",
      "lambda",
      "sts",
    ];
    const arn = await role(
      "deploy",
      ...services.map((service) => `${service}:*`),
      ...["ssm:Get*", "ssm:*Document*", "ssm:AddTagsToResource", "ssm:ListTagsForResource"],
      "autoscaling:*",
    );
    const { code, stdout, stderr } = await check(arn);
    expect(code, stderr).to.equal(1);
    const { missing, unknown } = JSON.parse(stdout) as {
      missing: { action: string; for: string }[];
      unknown: string[];
    };
    expect(unknown).to.deep.equal([]);
    expect(missing.map(({ action }) => action)).to.have.members([
      ...["ssm:SendCommand", "ssm:ListCommands", "ssm:ListCommandInvocations"],
      ...["ssm:DescribeInstanceInformation", "ssm:PutParameter", "ssm:DeleteParameter"],
    ]);
    expect(missing.every((one) => one.for === "a rollback")).to.equal(true);
  });

  it("knows on which resource a right is needed", async () => {
    const queues = `arn:aws:sqs:ap-northeast-1:${account.accountId}`;
    const arn = await roleWith(
      "limited",
      {
        Effect: "Allow",
        NotAction: ["sqs:*"],
        Resource: "*",
      },
      allow(["sqs:*"], `${queues}:file-processing-*`),
    );
    const { code, stdout, stderr } = await check(arn);
    expect(code, stderr).to.equal(1);
    const { missing } = JSON.parse(stdout) as { missing: { action: string; resource: string }[] };
    expect(new Set(missing.map(({ resource }) => resource.split(":").at(-1)))).to.deep.equal(
      new Set([
        "cis-filesearch-dev-slack-notifier-dlq",
        "cis-filesearch-worker-asg-dev-release-guard-dlq",
      ]),
    );
    expect(missing.every(({ action }) => action.startsWith("sqs:"))).to.equal(true);
  });

  it("ends with 0 when nothing is missing", async () => {
    const { code, stderr } = await check(await role("admin", "*"));
    expect(code, stderr).to.equal(0);
  });

  it("knows the actions of every type that the system has", () => {
    const place = { partition: "aws", region: "ap-northeast-1", accountId: "123456789012" };
    const unknown = (types: string[]) =>
      neededActions(
        types.map((type) => ({ op: "create", name: "x", type, inputs: {} })),
        place,
      ).unknown;
    const types = fileSearchUrns("prod").map((urn) => urn.split("::")[0]?.split("$").at(-1) ?? "");
    expect(unknown(types)).to.deep.equal([]);
    expect(unknown(["aws:dynamodb/table:Table"])).to.deep.equal(["aws:dynamodb/table:Table"]);
  });

  it("judges the role behind a session, and says what cannot be judged", () => {
    expect(principalOf("arn:aws:sts::123456789012:assumed-role/deploy/kim")).to.equal(
      "arn:aws:iam::123456789012:role/deploy",
    );
    expect(() => principalOf("arn:aws:iam::123456789012:root")).to.throw("--principal");
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
