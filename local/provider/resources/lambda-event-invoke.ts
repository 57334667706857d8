import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { type Infer, number, object, regional, required, string } from "../shape";
import { gone } from "./lambda-permission";

/** Seconds. What asynchronous calls have if nothing is said; AWS does not return it then. */
const longestAge = 21_600;

const invokeConfigShape = {
  ...regional,
  functionName: required(string({ replaces: true })),
  qualifier: string({ replaces: true }),
  maximumRetryAttempts: number({ default: 2, range: [0, 2] }),
  maximumEventAgeInSeconds: number({ range: [60, longestAge] }),
  destinationConfig: object({
    onFailure: object({ destination: required(string()) }),
    onSuccess: object({ destination: required(string()) }),
  }),
};
type Inputs = Infer<typeof invokeConfigShape>;

/** How a function, a version or an alias is called asynchronously. */
export const functionEventInvokeConfig = resourceType({
  type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  shape: invokeConfigShape,
  /** `<function>` or `<function>:<qualifier>`; the function by its name or its ARN. */
  importId: (id) => {
    const [function_ = "", qualifier] = id.startsWith("arn:")
      ? id.split(/(?<=:function:[^:]+):/)
      : id.split(":");
    return { id, properties: { functionName: function_, qualifier } };
  },
  async put(inputs, { clients }) {
    const { onFailure, onSuccess } = inputs.destinationConfig ?? {};
    await clients.lambda.putFunctionEventInvokeConfig({
      ...target(inputs),
      MaximumRetryAttempts: inputs.maximumRetryAttempts,
      MaximumEventAgeInSeconds: inputs.maximumEventAgeInSeconds,
      DestinationConfig:
        inputs.destinationConfig === undefined
          ? undefined
          : {
              OnFailure: { Destination: onFailure?.destination },
              OnSuccess: { Destination: onSuccess?.destination },
            },
    });
    const { functionName, qualifier } = inputs;
    return qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
  },
  async read(_id, { clients }, recorded) {
    const found = await ifThere(
      gone,
      clients.lambda.getFunctionEventInvokeConfig(target(recorded)),
    );
    if (found === undefined) return undefined;
    const age = found.MaximumEventAgeInSeconds;
    const { OnFailure, OnSuccess } = found.DestinationConfig ?? {};
    const onFailure = destination(OnFailure?.Destination);
    const onSuccess = destination(OnSuccess?.Destination);
    return {
      functionName: recorded.functionName,
      qualifier: recorded.qualifier,
      maximumRetryAttempts: found.MaximumRetryAttempts,
      maximumEventAgeInSeconds:
        recorded.maximumEventAgeInSeconds === undefined && age === longestAge ? undefined : age,
      destinationConfig:
        onFailure === undefined && onSuccess === undefined ? undefined : { onFailure, onSuccess },
    };
  },
  async delete(_id, state, { clients }) {
    await ignoreGone(gone, clients.lambda.deleteFunctionEventInvokeConfig(target(state)));
  },
});

const target = ({ functionName, qualifier }: Partial<Inputs>) => ({
  FunctionName: functionName,
  Qualifier: qualifier,
});

const destination = (arn: string | undefined) =>
  arn === undefined ? undefined : { destination: arn };
