import type * as pulumi from "@pulumi/pulumi";

type Text = pulumi.Input<string>;

/** A statement of a role's policy. It has plain strings if the policy is written as text immediately. */
export interface Statement<T = Text> {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: T | T[];
  Condition?: Conditions<T>;
}

type Conditions<T> = Record<string, Record<string, T | T[]>>;

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

/** The trust policy of a role that only this service may assume, for example "ec2.amazonaws.com". */
export const assumedBy = (service: string, Condition?: Conditions<string>): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        ...(Condition === undefined ? {} : { Condition }),
      },
    ],
  });
