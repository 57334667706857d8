import { createHash } from "node:crypto";
import type { Parameter } from "@aws-sdk/client-ssm";
import { boolean, list, object, required, set, string } from "../shape";
import { functionType, inRegion } from "./function-type";

const principals = set(object({ type: required(string()), identifiers: required(list(string())) }));

const statement = object({
  sid: string(),
  effect: string({ default: "Allow", oneOf: ["Allow", "Deny"] }),
  actions: set(string()),
  notActions: set(string()),
  resources: set(string()),
  notResources: set(string()),
  principals,
  notPrincipals: principals,
  conditions: set(
    object({
      test: required(string()),
      variable: required(string()),
      values: required(list(string())),
    }),
  ),
});

/** One value is written as a string, several as a sorted list, as Terraform does. */
const oneOrMany = (values: string[] | undefined) =>
  values === undefined || values.length === 0
    ? undefined
    : values.length === 1
      ? values[0]
      : [...values].sort().reverse();

type Principals = { type: string; identifiers: string[] }[] | undefined;

function principalBlock(given: Principals) {
  if (given === undefined || given.length === 0) return undefined;
  const [first] = given;
  if (given.length === 1 && first?.type === "*" && first.identifiers.join() === "*") return "*";
  return Object.fromEntries(given.map(({ type, identifiers }) => [type, oneOrMany(identifiers)]));
}

export const getPolicyDocument = functionType({
  token: "aws:iam/getPolicyDocument:getPolicyDocument",
  shape: {
    policyId: string(),
    version: string({ default: "2012-10-17" }),
    statements: list(statement),
  },
  run({ policyId, version = "2012-10-17", statements = [] }) {
    const document = {
      Version: version,
      ...(policyId === undefined ? {} : { Id: policyId }),
      Statement: statements.map((one) => {
        const Condition: Record<string, Record<string, unknown>> = {};
        for (const { test, variable, values } of one.conditions ?? []) {
          (Condition[test] ??= {})[variable] = oneOrMany(values);
        }
        return {
          ...(one.sid === undefined || one.sid === "" ? {} : { Sid: one.sid }),
          Effect: one.effect ?? "Allow",
          Principal: principalBlock(one.principals),
          NotPrincipal: principalBlock(one.notPrincipals),
          Action: oneOrMany(one.actions),
          NotAction: oneOrMany(one.notActions),
          Resource: oneOrMany(one.resources),
          NotResource: oneOrMany(one.notResources),
          ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
        };
      }),
    };
    return Promise.resolve({
      id: String(Number.parseInt(hashOf(document).slice(0, 8), 16)),
      json: JSON.stringify(document, undefined, 2),
      minifiedJson: JSON.stringify(document),
    });
  },
});

const hashOf = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

export const getParameter = functionType({
  token: "aws:ssm/getParameter:getParameter",
  shape: { ...inRegion, name: required(string()), withDecryption: boolean({ default: true }) },
  async run({ name, withDecryption = true }, { clients }) {
    const { Parameter } = await clients.ssm.getParameter({
      Name: name,
      WithDecryption: withDecryption,
    });
    return {
      id: Parameter?.Name,
      arn: Parameter?.ARN,
      type: Parameter?.Type,
      value: Parameter?.Value,
      insecureValue: Parameter?.Type === "SecureString" ? "" : Parameter?.Value,
      version: Parameter?.Version,
      withDecryption,
    };
  },
  secret: ["value"],
});

export const getParametersByPath = functionType({
  token: "aws:ssm/getParametersByPath:getParametersByPath",
  shape: {
    ...inRegion,
    path: required(string()),
    recursive: boolean({ default: false }),
    withDecryption: boolean({ default: true }),
  },
  async run({ path, recursive = false, withDecryption = true }, { clients }) {
    const found: Parameter[] = [];
    let NextToken: string | undefined;
    do {
      const page = await clients.ssm.getParametersByPath({
        ...{ Path: path, Recursive: recursive, WithDecryption: withDecryption, NextToken },
      });
      found.push(...(page.Parameters ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return {
      id: path,
      arns: found.map(({ ARN }) => ARN),
      names: found.map(({ Name }) => Name),
      types: found.map(({ Type }) => Type),
      values: found.map(({ Value }) => Value),
      recursive,
      withDecryption,
    };
  },
  secret: ["values"],
});

export const getAlias = functionType({
  token: "aws:kms/getAlias:getAlias",
  shape: { ...inRegion, name: required(string()) },
  async run({ name }, { clients, region, configuration }) {
    const { accountId } = await configuration.callerIdentity();
    let Marker: string | undefined;
    do {
      const page = await clients.kms.listAliases({ Marker });
      const found = page.Aliases?.find(({ AliasName }) => AliasName === name);
      if (found !== undefined) {
        return {
          id: found.AliasArn,
          arn: found.AliasArn,
          targetKeyId: found.TargetKeyId,
          targetKeyArn: `arn:aws:kms:${region}:${accountId}:key/${found.TargetKeyId}`,
        };
      }
      Marker = page.Truncated === true ? page.NextMarker : undefined;
    } while (Marker !== undefined);
    throw new Error(`There is no key alias ${name} in ${region}`);
  },
});
