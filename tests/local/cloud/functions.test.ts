import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import JSZip from "jszip";
import { embeddedCloud, type TestAccount } from "../../support/cloud";

/** Asks the cloud that called it for the account it runs in, with nothing but Node. */
const source = `
  exports.handler = async (event) => {
    const response = await fetch(process.env.AWS_ENDPOINT_URL, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: "AWS4-HMAC-SHA256 Credential=" + process.env.AWS_ACCESS_KEY_ID +
          "/20260101/" + process.env.AWS_REGION + "/sts/aws4_request, SignedHeaders=host, Signature=0",
        ...(process.env.AWS_SESSION_TOKEN ? { "x-amz-security-token": process.env.AWS_SESSION_TOKEN } : {}),
      },
      body: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    return { node: process.version, said: event.say, identity: await response.text() };
  };`;

describe("a function of the embedded cloud", () => {
  async function createFunction(account: TestAccount): Promise<LambdaClient> {
    const { Role } = await new IAMClient(account.clientConfig()).send(
      new CreateRoleCommand({ RoleName: "echo", AssumeRolePolicyDocument: "{}" }),
    );
    const lambda = new LambdaClient(account.clientConfig());
    const zip = new JSZip().file("index.js", source);
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "echo",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: Role?.Arn,
        Code: { ZipFile: await zip.generateAsync({ type: "uint8array" }) },
      }),
    );
    return lambda;
  }

  it("really runs, on the project's own Node, and reaches the cloud as its account", async () => {
    const account = (await embeddedCloud()).account();
    const lambda = await createFunction(account);
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: "echo", Payload: JSON.stringify({ say: "日本語" }) }),
    );
    expect(FunctionError).to.equal(undefined);
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString()) as Record<string, string>;
    expect(answer).to.include({ node: process.version, said: "日本語" });
    expect(answer.identity).to.include(`<Account>${account.accountId}</Account>`);

    const { MetricDataResults } = await new CloudWatchClient(account.clientConfig()).send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(Date.now() + 600_000),
        MetricDataQueries: [
          {
            Id: "calls",
            MetricStat: {
              Metric: {
                Namespace: "AWS/Lambda",
                MetricName: "Invocations",
                Dimensions: [{ Name: "FunctionName", Value: "echo" }],
              },
              Period: 3600,
              Stat: "Sum",
            },
          },
        ],
      }),
    );
    expect(MetricDataResults?.[0]?.Values).to.deep.equal([1]);
  });
});
