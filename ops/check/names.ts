import { releaseHoldNames } from "../../contracts/release";
import type { Planned } from "../adopt/planned";
import type { Context } from "./context";
import { anyName, type Names } from "./reference";

export interface Subject {
  environment: string;
  system: string;
}

/** How a resource of the program gives the variables of ARNs their values. */
export type NamesOf = (resource: Planned, subject: Subject) => Names;

/** How Pulumi writes a value that is known only after the update. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const known = (value: unknown): string =>
  typeof value === "string" && value !== "" && value !== unknownValue ? value : anyName;

/** The value of an input, without what is in front of the name in an ARN, a path or a parameter. */
export const input =
  (variable: string, key: string, prefix = ""): NamesOf =>
  ({ inputs }) => ({ [variable]: known(inputs[key]).replace(prefix, "") });

export const id =
  (variable: string): NamesOf =>
  (resource) => ({ [variable]: known(resource.id) });

export const withPath =
  (variable: string): NamesOf =>
  ({ inputs }) => ({
    [variable]: `${typeof inputs.path === "string" ? inputs.path : "/"}${known(inputs.name)}`.slice(
      1,
    ),
  });

export const lastPart = (arn: unknown): string => known(arn).split(/[:/]/).at(-1) ?? anyName;

export const all =
  (...some: NamesOf[]): NamesOf =>
  (resource, subject) =>
    Object.assign({}, ...some.map((names) => names(resource, subject))) as Names;

export const fixed =
  (names: Names): NamesOf =>
  () =>
    names;

export const bucket = input("BucketName", "bucket");
export const group = (key: string) =>
  all(input("GroupFriendlyName", key), fixed({ GroupId: anyName }));
/** A schedule without a group is in the group "default". */
export const scheduleGroup: NamesOf = ({ inputs }) => ({
  GroupName: inputs.groupName === undefined ? "default" : known(inputs.groupName),
});
/** A function, with the alias of the request if it has one. The next release has another version. */
export const functionOf =
  (key: string): NamesOf =>
  ({ inputs }) => {
    const name = known(inputs[key]).replace(/^arn:.*:function:/, "");
    const qualifier = known(inputs.qualifier).replace(/^\d+$/, anyName);
    return { FunctionName: inputs.qualifier === undefined ? name : `${name}:${qualifier}` };
  };
/** The folder of an object: the next release has another object in it. */
export const objectsBeside =
  (key: string): NamesOf =>
  ({ inputs }) => ({ ObjectName: known(inputs[key]).replace(/\/[^/]+$/, `/${anyName}`) });
/** With the image: AWS names a new one every few weeks. */
export const machines = fixed({
  ImageId: anyName,
  InstanceId: anyName,
  NetworkInterfaceId: anyName,
  VolumeId: anyName,
});

/** The values of a list, or any if one of them is not known yet. */
const knownList = (value: unknown): string[] =>
  Array.isArray(value) && value.length > 0 ? value.map(known) : [anyName];

export const securityGroups: NamesOf = ({ inputs }) => ({
  SecurityGroupId: knownList(inputs.vpcSecurityGroupIds),
});
export const subnets: NamesOf = ({ inputs }) => ({
  SubnetId: knownList(inputs.vpcZoneIdentifiers),
});

export const holdNames =
  (kind: "folder" | "parameter"): NamesOf =>
  ({ name }, { environment, system }) => ({
    ParameterNameWithoutLeadingSlash: releaseHoldNames(environment, system, name)[kind].slice(1),
  });

/** The service that assumes the role: the one that it is passed to. */
export function passedTo({ inputs }: Planned): Context {
  const service = /"Service":\s*\[?\s*"([^"]+)"/.exec(String(inputs.assumeRolePolicy))?.[1];
  return service === undefined ? {} : { "iam:PassedToService": service };
}

/** The function that a mapping calls, if its ARN is known. */
export function mappedFunction({ inputs }: Planned): Context {
  const { functionName } = inputs;
  return typeof functionName === "string" && functionName.startsWith("arn:")
    ? { "lambda:FunctionArn": functionName }
    : {};
}

export const isOfMachines = (role: Planned): boolean =>
  String(passedTo(role)["iam:PassedToService"]).startsWith("ec2.");
