import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "chai";
import { start } from "../../../tests/support/run-cli";
import { trials } from "../support/trial";

describe("pulumi-local logs", function () {
  this.timeout(120_000);
  const trial = trials();
  const group = "/shop/worker";

  async function withLogs() {
    const made = await trial();
    const { environment, run, deploy } = made;
    await deploy();
    const logs = new CloudWatchLogsClient({
      endpoint: environment.AWS_ENDPOINT_URL,
      region: "ap-northeast-1",
      credentials: {
        accessKeyId: String(environment.AWS_ACCESS_KEY_ID),
        secretAccessKey: String(environment.AWS_SECRET_ACCESS_KEY),
      },
    });
    await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
    const stream = { logGroupName: group, logStreamName: "one" };
    await logs.send(new CreateLogStreamCommand(stream));
    const write = (message: string, ageMs = 0) =>
      logs.send(
        new PutLogEventsCommand({
          ...stream,
          logEvents: [{ timestamp: Date.now() - ageMs, message }],
        }),
      );
    const type = "aws:cloudwatch/logGroup:LogGroup";
    const imported = await run("import", type, "worker-logs", group, "--yes", "--skip-preview");
    expect(imported.code, imported.stderr).to.equal(0);
    return { ...made, write };
  }

  it("prints what was written since a time, with its log group", async () => {
    const { run, write } = await withLogs();
    expect((await run("logs")).stderr).to.include("Nothing was written since");
    await write("long ago", 2 * 3_600_000);
    await write("just now");
    const { stdout } = await run("logs");
    expect(stdout).to.match(/^\S+Z \[\/shop\/worker\] just now\n$/);
    const [first] = (await run("logs", "--since", "3h", "--json")).stdout.split("\n");
    expect(JSON.parse(String(first))).to.deep.include({ message: "long ago", group });
    expect((await run("logs", "-r", "worker-logs")).stdout).to.equal(stdout);
    expect((await run("logs", "-r", "nope")).stderr).to.include("there are worker-logs");
    expect((await run("logs", "--since", "yesterday")).code).to.equal(2);
  });

  it("goes on with what is written later, until it is interrupted", async () => {
    const { program, environment, write } = await withLogs();
    await write("first");
    const parameters = ["logs", "--follow", "-s", "dev", "-C", program.folder];
    const running = start(environment, ...parameters);
    await running.printed("first");
    await write("second");
    await running.printed("second");
    running.interrupt();
    const { stdout } = await running.done;
    expect(stdout.match(/first/g)).to.have.length(1);
  });
});
