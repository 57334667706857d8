import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "chai";
import { embeddedCloud } from "../../../tests/support/cloud";

/** Examples of the CloudWatch Logs user guide, "Filter pattern syntax". */
describe("filter patterns of logs", () => {
  const group = { logGroupName: "/patterns" };
  const lines = [
    "[ERROR 400] BAD REQUEST",
    "[ERROR 401] UNAUTHORIZED REQUEST",
    "[ERROR 419] MISSING ARGUMENTS",
    '{"level":"error","msg":"a","code":500}',
    '{"level":"fatal","msg":"b"}',
    '{"level":"info","msg":"c","inner":{"name":"error"},"code":200}',
  ];
  let logs: CloudWatchLogs;
  before(async () => {
    logs = new CloudWatchLogs((await embeddedCloud()).account().clientConfig());
    await logs.createLogGroup(group);
    const stream = { ...group, logStreamName: "one" };
    await logs.createLogStream(stream);
    const logEvents = lines.map((message) => ({ timestamp: Date.now(), message }));
    await logs.putLogEvents({ ...stream, logEvents });
  });
  const found = async (filterPattern: string) => {
    const { events = [] } = await logs.filterLogEvents({ ...group, filterPattern });
    return events.map(({ message = "" }) => lines.indexOf(message));
  };

  for (const [pattern, expected] of [
    ["", [0, 1, 2, 3, 4, 5]],
    ["ERROR", [0, 1, 2]],
    ["ERROR REQUEST", [0, 1]],
    ["?REQUEST ?ARGUMENTS", [0, 1, 2]],
    ["ERROR -419", [0, 1]],
    ['"BAD REQUEST"', [0]],
    ["error", [3, 5]],
    ['{ $.level = "error" }', [3]],
    ['{ ($.level = "error") || ($.level = "fatal") }', [3, 4]],
    ['{ $.level = "*a*" && $.msg = b }', [4]],
    ["{ $.code >= 500 }", [3]],
    ['{ $.level != "info" }', [3, 4]],
    ['{ $.inner.name = "error" }', [5]],
  ] as const) {
    it(`${pattern === "" ? "(none)" : pattern} finds lines ${expected.join(", ")}`, async () => {
      expect(await found(pattern)).to.deep.equal(expected);
    });
  }

  it("refuses what it does not understand", async () => {
    const error = await found("{ $.a IS NULL || }").catch((reason: Error) => reason.name);
    expect(error).to.equal("InvalidParameterException");
  });
});
