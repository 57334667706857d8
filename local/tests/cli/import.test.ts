import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateQueueCommand, SQSClient, TagQueueCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { trials } from "../support/trial";

describe("pulumi-local import", function () {
  this.timeout(120_000);
  const trial = trials();

  const queueOf = async ({ environment }: Awaited<ReturnType<typeof trial>>, name: string) => {
    const sqs = new SQSClient({
      endpoint: environment.AWS_ENDPOINT_URL,
      region: "ap-northeast-1",
      credentials: {
        accessKeyId: String(environment.AWS_ACCESS_KEY_ID),
        secretAccessKey: String(environment.AWS_SECRET_ACCESS_KEY),
      },
    });
    const attributes = { VisibilityTimeout: "77" };
    const { QueueUrl = "" } = await sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
    );
    await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { team: "old" } }));
    return QueueUrl;
  };
  const type = "aws:sqs/queue:Queue";

  it("takes a resource as it is, keeps the others and the outputs, and prints the program text", async () => {
    const made = await trial();
    const { run, deploy, json } = made;
    await deploy();
    const url = await queueOf(made, "old-jobs");
    const preview = await run("import", type, "old", url, "--preview-only");
    expect(preview.code, preview.stderr).to.equal(0);
    const { code, stdout, stderr } = await run("import", type, "old", url, "--yes");
    expect(code, stderr + stdout).to.equal(0);
    expect(stdout)
      .to.include('const old = new aws.sqs.Queue("old", {')
      .and.include("visibilityTimeoutSeconds: 77")
      .and.include("team: 'old'")
      .and.include("{ protect: true }");
    const state = JSON.parse((await run("stack", "export")).stdout) as {
      deployment: { resources: { urn: string; protect?: boolean; id?: string }[] };
    };
    const found = state.deployment.resources.find(({ urn }) => urn.endsWith("::old"));
    expect(found).to.deep.include({ protect: true, id: url });
    expect((await run("stack", "output", "timeout")).stdout).not.to.equal("");
    const again = await json("preview");
    // The program does not have it yet.
    expect(again.changeSummary).to.deep.equal({ same: 4 });
    expect(again.diagnostics.map(({ message }) => message).join()).to.include("protect");
  });

  it("imports a list, and says what is wrong with one", async () => {
    const made = await trial();
    const { run, deploy, home } = made;
    await deploy();
    const file = join(home, "resources.json");
    const resources = await Promise.all(
      ["one", "two"].map(async (name) => ({ type, name, id: await queueOf(made, name) })),
    );
    writeFileSync(file, JSON.stringify({ resources }));
    const { code, stdout, stderr } = await run("import", "--file", file, "--yes", "--no-protect");
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include('Queue("one"').and.include('Queue("two"');
    writeFileSync(file, JSON.stringify({ resources: [{ type, name: "x" }] }));
    const faulty = await run("import", "--file", file, "--yes");
    expect(faulty.code).to.equal(2);
    expect(faulty.stderr).to.include("id");
    expect((await run("import", type, "--yes")).code).to.equal(2);
    const missing = await run("import", type, "gone", `${resources[0]?.id}-gone`, "--yes");
    expect(missing.code).to.equal(1);
    expect(missing.stdout + missing.stderr).to.include("does not exist");
  });
});
