import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { list, object, required, set, string } from "../shape";
import { functionType, inRegion } from "./function-type";

/** Despite its name it lists Auto Scaling groups. */
export const getAmiIds = functionType({
  token: "aws:autoscaling/getAmiIds:getAmiIds",
  shape: {
    ...inRegion,
    names: list(string()),
    filters: set(object({ name: required(string()), values: required(list(string())) })),
  },
  async run({ names, filters }, { clients, region }) {
    const found: AutoScalingGroup[] = [];
    let NextToken: string | undefined;
    do {
      const page = await clients.autoScaling.describeAutoScalingGroups({
        AutoScalingGroupNames: names,
        Filters: filters?.map(({ name, values }) => ({ Name: name, Values: values })),
        NextToken,
      });
      found.push(...(page.AutoScalingGroups ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    found.sort((a, b) =>
      (a.AutoScalingGroupName ?? "") < (b.AutoScalingGroupName ?? "") ? -1 : 1,
    );
    return {
      id: region,
      names: found.map(({ AutoScalingGroupName }) => AutoScalingGroupName),
      arns: found.map(({ AutoScalingGroupARN }) => AutoScalingGroupARN),
    };
  },
});
