import { expect } from "chai";
import type { PropertyMap } from "../../values/property-value";
import { Archive, Asset } from "../../values/property-value";
import { itLives, Resource } from "./lifecycle";
import { region, startProvider, type ProviderUnderTest } from "./provider-under-test";
import { newRole as newServiceRole } from "./surroundings";

/** A function's code that answers with a text; the hash stands for the engine's. */
const answering = (text: string) =>
  new Archive(
    {
      assets: {
        "index.js": new Asset(
          { text: `exports.handler = async () => ${JSON.stringify(text)};` },
          `file-${text}`,
        ),
      },
    },
    `archive-${text}`,
  );

describe("provider: Lambda", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const newRole = async (name: string) =>
    (await newServiceRole(under, name, "lambda.amazonaws.com")).roleArn;
  const newQueue = async (name: string) => {
    await under.clients.sqs.createQueue({ QueueName: name });
    return { queue: `arn:aws:sqs:${region}:${under.account.accountId}:${name}` };
  };
  const newFunction = async (name: string) => {
    const resource = new Resource(under, "aws:lambda/function:Function", name);
    const made = await resource.create({
      name,
      role: await newRole(`${name}-role`),
      runtime: "nodejs22.x",
      handler: "index.handler",
      code: answering("hello"),
      publish: true,
    });
    return { name, arn: made.outputs.arn as string };
  };
  const ask = async (FunctionName: string) => {
    const { Payload } = await under.clients.lambda.invoke({ FunctionName });
    return JSON.parse(new TextDecoder().decode(Payload)) as unknown;
  };

  itLives(
    {
      type: "aws:lambda/function:Function",
      prepare: async () => ({
        role: await newRole("notifier-role"),
        ...(await newQueue("notifier-dlq")),
      }),
      inputs: ({ role = "" }) => ({
        name: "notifier",
        role,
        runtime: "nodejs22.x",
        handler: "index.handler",
        code: answering("one"),
        timeout: 60,
        memorySize: 256,
        environment: { variables: { NOTICE_LANGUAGE: "ja" } },
        tags: { Project: "files" },
      }),
      outputs: () => ({
        arn: `arn:aws:lambda:${region}:${under.account.accountId}:function:notifier`,
        version: "$LATEST",
      }),
      updates: ({ queue = "" }): PropertyMap[] => [
        { timeout: 30 },
        { environment: { variables: { NOTICE_LANGUAGE: "en", WEBHOOK: "/x" } } },
        { environment: null },
        { deadLetterConfig: { targetArn: queue } },
        { code: answering("two") },
        { reservedConcurrentExecutions: 2 },
        { reservedConcurrentExecutions: 0 },
        { reservedConcurrentExecutions: null },
        { tags: { Project: "other" } },
      ],
      replacements: [{ name: "other" }],
      importShows: ["code"],
    },
    () => under,
  );

  it("uploads code that runs, and its next version", async () => {
    const resource = new Resource(under, "aws:lambda/function:Function", "runs");
    const inputs = {
      name: "runs",
      role: await newRole("runs-role"),
      runtime: "nodejs22.x",
      handler: "index.handler",
      code: answering("first"),
    };
    const made = await resource.create(inputs);
    expect(await ask("runs")).to.equal("first");
    const changed = await resource.update(made, { ...inputs, code: answering("second") });
    expect(await ask("runs")).to.equal("second");
    await resource.delete(changed);
  });

  itLives(
    {
      type: "aws:lambda/permission:Permission",
      prepare: () => newFunction("permitted"),
      inputs: ({ name = "" }) => ({
        function: name,
        action: "lambda:InvokeFunction",
        principal: "sns.amazonaws.com",
        sourceArn: `arn:aws:sns:${region}:123456789012:alerts`,
        statementId: "sns",
      }),
      replacements: [{ principal: "s3.amazonaws.com" }, { sourceArn: "arn:aws:sns:x:1:y" }],
      importId: (id, { name }) => `${name}/${id}`,
    },
    () => under,
  );

  describe("for an alias", () => {
    itLives(
      {
        type: "aws:lambda/permission:Permission",
        prepare: async () => {
          const { name } = await newFunction("permitted-alias");
          await under.clients.lambda.createAlias({
            FunctionName: name,
            Name: "live",
            FunctionVersion: "1",
          });
          return { name };
        },
        inputs: ({ name = "" }) => ({
          function: name,
          qualifier: "live",
          action: "lambda:InvokeFunction",
          principal: "s3.amazonaws.com",
          sourceArn: "arn:aws:s3:::watchme-vault",
          sourceAccount: "123456789012",
          statementId: "s3",
        }),
        replacements: [{ qualifier: "other" }, { sourceAccount: "210987654321" }],
        importId: (id, { name }) => `${name}:live/${id}`,
      },
      () => under,
    );
  });

  itLives(
    {
      type: "aws:lambda/alias:Alias",
      prepare: () => newFunction("aliased"),
      inputs: ({ name = "" }) => ({ name: "live", functionName: name, functionVersion: "1" }),
      outputs: (id) => ({ arn: id }),
      updates: [{ description: "What runs" }, { functionVersion: "$LATEST" }],
      replacements: [{ name: "other" }],
      importId: (_id, { name }) => `${name}/live`,
    },
    () => under,
  );
});
