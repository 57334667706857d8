import { ifThere, ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { type Infer, map, number, object, output, regional, required, string } from "../shape";
import { gone } from "./lambda-permission";

const aliasShape = {
  ...regional,
  name: string({ replaces: true, computed: true }),
  functionName: required(string({ replaces: true })),
  functionVersion: required(string()),
  description: string(),
  routingConfig: object({ additionalVersionWeights: map(number()) }),
  arn: output(string()),
  invokeArn: output(string()),
};

export const alias = resourceType({
  type: "aws:lambda/alias:Alias",
  shape: aliasShape,
  name: { property: "name", maxLength: 128 },
  /** `<function>/<alias>` */
  importId: (id) => ({
    id,
    properties: { functionName: id.slice(0, id.indexOf("/")), name: id.slice(id.indexOf("/") + 1) },
  }),
  idOf: ({ arn }) => arn,
  async create(inputs, { clients }) {
    const { AliasArn = "" } = await clients.lambda.createAlias(aliasRequest(inputs));
    return AliasArn;
  },
  async read(_id, { clients, region }, { functionName = "", name }) {
    const found = await ifThere(
      gone,
      clients.lambda.getAlias({ FunctionName: functionName, Name: name }),
    );
    if (found === undefined) return undefined;
    const weights = found.RoutingConfig?.AdditionalVersionWeights ?? {};
    return {
      name: found.Name,
      functionName,
      functionVersion: found.FunctionVersion,
      description: found.Description,
      routingConfig:
        Object.keys(weights).length === 0 ? undefined : { additionalVersionWeights: weights },
      arn: found.AliasArn,
      invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${found.AliasArn}/invocations`,
    };
  },
  async update(_id, inputs, _change, { clients }) {
    await clients.lambda.updateAlias(aliasRequest(inputs));
  },
  async delete(_id, { functionName: FunctionName, name: Name }, { clients }) {
    await ignoreGone(gone, clients.lambda.deleteAlias({ FunctionName, Name }));
  },
});

const aliasRequest = (inputs: Infer<typeof aliasShape>) => ({
  FunctionName: inputs.functionName,
  Name: inputs.name,
  FunctionVersion: inputs.functionVersion,
  Description: inputs.description ?? "",
  RoutingConfig: {
    AdditionalVersionWeights: inputs.routingConfig?.additionalVersionWeights ?? {},
  },
});
