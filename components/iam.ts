import type * as pulumi from "@pulumi/pulumi";

type Text = pulumi.Input<string>;

/** A statement of a policy that a role has; of plain strings where the policy is written as text at once. */
export interface Statement<T = Text> {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: T | T[];
  Condition?: Conditions<T>;
}

type Conditions<T> = Record<string, Record<string, T>>;

export function allow(
  Sid: string,
  Action: string[],
  Resource: string | string[],
  Condition?: Conditions<string>,
): Statement<string>;
export function allow(
  Sid: string,
  Action: string[],
  Resource: Text | Text[],
  Condition?: Conditions<Text>,
): Statement;
export function allow(
  Sid: string,
  Action: string[],
  Resource: Text | Text[],
  Condition?: Conditions<Text>,
): Statement {
  return {
    Sid,
    Effect: "Allow",
    Action,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
  };
}

/** The trust policy of a role that only this service takes on: "ec2.amazonaws.com". */
export const assumedBy = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
