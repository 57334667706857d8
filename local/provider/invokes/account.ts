import { functionType, inRegion } from "./function-type";

export const getCallerIdentity = functionType({
  token: "aws:index/getCallerIdentity:getCallerIdentity",
  shape: {},
  async run(_args, { configuration }) {
    const { accountId, arn, userId } = await configuration.callerIdentity();
    return { id: accountId, accountId, arn, userId };
  },
});

export const getRegion = functionType({
  token: "aws:index/getRegion:getRegion",
  shape: inRegion,
  run: (_args, { region }) =>
    Promise.resolve({
      id: region,
      region,
      name: region,
      description: region,
      endpoint: `ec2.${region}.amazonaws.com`,
    }),
});

export const getPartition = functionType({
  token: "aws:index/getPartition:getPartition",
  shape: {},
  run: () =>
    Promise.resolve({
      id: "aws",
      partition: "aws",
      dnsSuffix: "amazonaws.com",
      reverseDnsPrefix: "com.amazonaws",
    }),
});
