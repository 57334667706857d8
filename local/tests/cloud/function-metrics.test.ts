import { InvokeCommand } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { eventually } from "../../../tests/support/eventually";
import { FunctionStage } from "./function-stage";

describe("the metrics of a function", () => {
  const invoke = (stage: FunctionStage, more: object) =>
    stage.lambda.send(new InvokeCommand({ FunctionName: "work", ...more }));

  it("are published for the function and for the alias that was called, of direct and asynchronous calls", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", `if (event.fail) throw new Error("no"); return calls;`);
    const { Payload } = await invoke(stage, { Qualifier: "live" });
    expect(Payload?.transformToString()).to.equal("1");
    const failed = await invoke(stage, { Qualifier: "live", Payload: '{"fail":true}' });
    expect(failed.FunctionError).to.equal("Unhandled");
    expect(JSON.parse(failed.Payload?.transformToString() ?? "")).to.include({
      errorType: "Error",
      errorMessage: "no",
    });
    const again = await invoke(stage, { Qualifier: "live" });
    expect(again.Payload?.transformToString(), "the process survived the error").to.equal("3");
    await invoke(stage, { InvocationType: "Event", Qualifier: "live" });
    await invoke(stage, {});

    const values = async (dimensions: Record<string, string>) => [
      await stage.metric("AWS/Lambda", "Invocations", dimensions),
      await stage.metric("AWS/Lambda", "Errors", dimensions),
    ];
    await eventually("the asynchronous call is counted", async () => {
      const [calls] = await values({ FunctionName: "work" });
      return calls === 5;
    });
    expect(await values({ FunctionName: "work" })).to.deep.equal([5, 1]);
    const alias = { FunctionName: "work", Resource: "work:live" };
    expect(await values(alias)).to.deep.equal([4, 1]);
    expect(await values({ FunctionName: "work", Resource: "work" })).to.deep.equal([1, 0]);
    expect(await stage.metric("AWS/Lambda", "Throttles", alias)).to.equal(0);
  });

  it("have the duration of the handler without the loading of the code, also as percentiles", async () => {
    const stage = await FunctionStage.create();
    const code = `await new Promise((resolve) => setTimeout(resolve, event.ms));`;
    await stage.createFunction("work", code);
    for (const ms of [0, 0, 400]) await invoke(stage, { Payload: JSON.stringify({ ms }) });
    const duration = (stat: string) =>
      stage.metric("AWS/Lambda", "Duration", { FunctionName: "work" }, stat);
    expect(await duration("Maximum")).to.be.at.least(395);
    expect(await duration("p99")).to.be.within(350, (await duration("Maximum")) ?? 0);
    expect(await duration("p50")).to.be.below(395);
    expect(await duration("SampleCount")).to.equal(3);
  });

  it("count a throttled call as throttled only; the reserved concurrency is that of all versions", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", "return 1;");
    const reserved = { FunctionName: "work", ReservedConcurrentExecutions: 0 };
    await stage.lambda.putFunctionConcurrency(reserved);
    // The SDK would try again.
    const once = new FunctionStage(stage.account, { ...stage.config, maxAttempts: 1 } as never);
    const refused = await invoke(once, { Qualifier: "live" }).catch((error: unknown) => error);
    expect((refused as Error).name).to.equal("TooManyRequestsException");
    const alias = { FunctionName: "work", Resource: "work:live" };
    expect(await stage.metric("AWS/Lambda", "Throttles", alias)).to.equal(1);
    expect(await stage.metric("AWS/Lambda", "Invocations", alias)).to.equal(undefined);

    // An asynchronous call waits until it is allowed.
    await invoke(stage, { InvocationType: "Event", Qualifier: "live" });
    await eventually("the asynchronous call is throttled", async () => {
      return (await stage.metric("AWS/Lambda", "Throttles", alias)) === 2;
    });
    await stage.lambda.deleteFunctionConcurrency({ FunctionName: "work" });
    await eventually("the asynchronous call was made", async () => {
      return (await stage.metric("AWS/Lambda", "Invocations", alias)) === 1;
    });
  });
});

describe("the log of a function", () => {
  it("has whole lines, all of them before the answer, in one stream of each process", async () => {
    const stage = await FunctionStage.create();
    const text = "日本語 ab\u2028cd\u0085 \\n";
    await stage.createFunction("work", `console.log(JSON.stringify({ text: event.text, calls }));`);
    for (let calls = 1; calls <= 5; calls += 1) {
      await stage.lambda.invoke({ FunctionName: "work", Payload: JSON.stringify({ text }) });
      const logged = await stage.loggedJson("work");
      expect(logged).to.have.length(calls);
      expect(logged.at(-1)).to.deep.equal({ text, calls });
    }
    const { logStreams } = await stage.logs.describeLogStreams({
      logGroupName: "/aws/lambda/work",
    });
    expect(logStreams).to.have.length(1);
  });

  it("says why the code cannot be loaded", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", "return 1;", { Handler: "missing.handler" });
    const { FunctionError, Payload } = await stage.lambda.invoke({ FunctionName: "work" });
    expect(FunctionError).to.equal("Unhandled");
    expect(Payload?.transformToString()).to.include("Runtime.ImportModuleError");
    expect((await stage.logged("work")).join("\n")).to.match(
      /Runtime.ImportModuleError.*Cannot find module/,
    );
    expect(await stage.metric("AWS/Lambda", "Errors", { FunctionName: "work" })).to.equal(1);
  });
});

describe("a log line in the Embedded Metric Format", () => {
  const line = (fields: object, directive: object) =>
    JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] }, ...fields });
  const directive = {
    Namespace: "N",
    Dimensions: [[], ["Kind"]],
    Metrics: [{ Name: "Seconds", Unit: "Seconds" }, { Name: "Absent" }],
  };

  it("is a metric: one per dimension set, with lists as several values, from any log group", async () => {
    const stage = await FunctionStage.create();
    const stream = { logGroupName: "/machine", logStreamName: "one" };
    await stage.logs.createLogGroup(stream);
    await stage.logs.createLogStream(stream);
    const messages = [
      line({ Kind: "pdf", Seconds: [1, 2] }, directive),
      // Lambda's console puts this before a text.
      `2026-01-01T00:00:00.000Z\tid\tINFO\t${line({ Kind: "pdf", Seconds: 4 }, directive)}`,
      '{"message":"plain"}',
      '{"_aws": broken "CloudWatchMetrics"',
      '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{}]}}',
      line({ Kind: 5, Seconds: 100 }, { ...directive, Dimensions: [["Kind"]] }),
    ];
    const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
    await stage.logs.putLogEvents({ ...stream, logEvents });
    for (const dimensions of [{}, { Kind: "pdf" }] as Record<string, string>[]) {
      expect(await stage.metric("N", "Seconds", dimensions)).to.equal(7);
      expect(await stage.metric("N", "Seconds", dimensions, "SampleCount")).to.equal(3);
      expect(await stage.metric("N", "Seconds", dimensions, "Maximum")).to.equal(4);
    }
    expect(await stage.metric("N", "Absent", {})).to.equal(undefined);
  });

  it("is one in a function's log, when the function has answered", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", `console.log(event.line);`);
    const Payload = JSON.stringify({ line: line({ Kind: "ok", Seconds: 0 }, directive) });
    await stage.lambda.invoke({ FunctionName: "work", Payload });
    expect(await stage.metric("N", "Seconds", { Kind: "ok" })).to.equal(0);
  });
});
