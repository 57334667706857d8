import type { PropertyMap } from "../../values/property-value";
import { itLives } from "./lifecycle";
import { startProvider, type ProviderUnderTest } from "./provider-under-test";
import { newFunction, newQueue } from "./surroundings";

const type = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";

describe("provider: asynchronous calls of functions", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const functionAndQueues = async (name: string) => ({
    ...(await newFunction(under, name)),
    failed: (await newQueue(under, `${name}-failed`)).arn,
    done: (await newQueue(under, `${name}-done`)).arn,
  });

  itLives(
    {
      type,
      prepare: () => functionAndQueues("notifier"),
      inputs: ({ name = "" }) => ({ functionName: name }),
      outputs: () => ({ maximumRetryAttempts: 2 }),
      updates: ({ failed = "", done = "" }): PropertyMap[] => [
        { maximumRetryAttempts: 0 },
        { maximumEventAgeInSeconds: 60 },
        { maximumEventAgeInSeconds: null },
        { destinationConfig: { onFailure: { destination: failed } } },
        {
          destinationConfig: {
            onFailure: { destination: failed },
            onSuccess: { destination: done },
          },
        },
        { destinationConfig: null },
      ],
      replacements: [{ functionName: "other" }, { qualifier: "1" }],
    },
    () => under,
  );

  itLives(
    {
      type,
      prepare: () => functionAndQueues("by-arn"),
      inputs: ({ arn = "" }) => ({ functionName: arn, qualifier: "1", maximumRetryAttempts: 1 }),
      replacements: [{ qualifier: "$LATEST" }],
    },
    () => under,
  );
});
