import { expect } from "chai";
import { PrivateBucket } from "../../components/bucket";
import { systemOutput, type SystemOutputArgs } from "../../components/system-output";
import type { OutputPart } from "../../components/described";
import { recordProgram } from "../support/recorded-program";
import { alerting, deployment } from "./alerting-fixture";

const args: SystemOutputArgs = { deployment, components: [], topics: alerting.topics };
const described = (output: OutputPart) => ({ key: "x", output, alarms: [], widgets: [] });

describe("a system's output", () => {
  it("has what its components say of themselves, by their logical names", async () => {
    const { outputs } = await recordProgram(() => {
      const bucket = (name: string) =>
        new PrivateBucket(name, { deployment, bucketName: `shop-${name}` });
      return systemOutput({ ...args, components: [bucket("uploads"), bucket("scripts")] });
    });
    expect(outputs.system).to.deep.include({
      system: "shop",
      environment: "dev",
      buckets: {
        uploads: { name: "shop-uploads", arn: "arn:aws:s3:::shop-uploads" },
        scripts: { name: "shop-scripts", arn: "arn:aws:s3:::shop-scripts" },
      },
      queues: {},
      pipelines: {},
    });
  });

  it("tells parts of one name apart by their components", async () => {
    const lambda = (name: string) => ({ name, arn: `arn:aws:lambda:${name}`, logGroupName: "/f" });
    const part = (key: string, functions: OutputPart["functions"]) => ({
      ...described({ functions }),
      key,
    });
    const components = [
      part("workers", { guard: lambda("a") }),
      part("others", { guard: lambda("b") }),
      part("alerts", { notifier: lambda("c") }),
    ];
    const { outputs } = await recordProgram(() => systemOutput({ ...args, components }));
    expect(outputs.system.functions).to.deep.equal({
      "workers-guard": lambda("a"),
      "others-guard": lambda("b"),
      notifier: lambda("c"),
    });
  });

  // Checked by `npm run types`: each of these lines would be an error without the note above it.
  it("has a type that refuses a misspelt and a missing key", () => {
    const bucket = { name: "a", arn: "arn:aws:s3:::a" };
    const parts: OutputPart[] = [
      // @ts-expect-error: the contract calls it `buckets`
      { bucket: { uploads: bucket } },
      // @ts-expect-error: the ARN is missing
      { buckets: { uploads: { name: "a" } } },
      // @ts-expect-error: a misspelt key of a part
      { buckets: { uploads: { ...bucket, region: "x" } } },
    ];
    // @ts-expect-error: topics are missing
    const incomplete: SystemOutputArgs = { deployment, components: [] };
    expect([parts.length, incomplete.components]).to.deep.equal([3, []]);
  });
});
