import * as pulumi from "@pulumi/pulumi";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { deserializeProperties } from "@pulumi/pulumi/runtime/rpc";

/** A resource as the program registered it: inputs and options. */
export interface Recorded {
  urn: string;
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  protect: boolean;
  retainOnDelete: boolean;
  importId: string;
  ignoreChanges: string[];
  dependencies: string[];
}

export interface Recording<T> {
  resources: Recorded[];
  outputs: T;
  /** The one resource of this logical name and, where names repeat, type. */
  named: (name: string, type?: string) => Recorded;
  ofType: (type: string) => Recorded[];
}

export interface Stage {
  project?: string;
  stack?: string;
  /** Fully qualified keys: "aws:region". */
  config?: Record<string, string>;
  /** What the cloud answers to an invoke, by token, in place of the usual answer. */
  answers?: Record<string, object>;
  /** What the cloud answers for a resource in place of its inputs. */
  state?: (resource: { type: string; name: string; inputs: Record<string, unknown> }) => object;
}

export const accountId = "123456789012";
export const region = "ap-northeast-1";

interface Monitor {
  /** The SDK's mocks have none. */
  registerResourceHook(
    request: unknown,
    callback: (error: unknown, response: unknown) => void,
  ): unknown;
  registerResource(
    request: RegisterResourceRequest,
    callback: (error: unknown, response: { getUrn(): string } | undefined) => void,
  ): unknown;
}

const invokes: Record<string, object> = {
  "aws:index/getCallerIdentity:getCallerIdentity": {
    accountId,
    arn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
    id: accountId,
  },
  "aws:ssm/getParameter:getParameter": { insecureValue: "ami-0a1b2c3d4e5f67890" },
  "aws:ssm/getParametersByPath:getParametersByPath": { names: [], values: [] },
  "aws:autoscaling/getAmiIds:getAmiIds": { names: [], arns: [] },
  "aws:ec2/getVpc:getVpc": { id: "vpc-0123456789abcdef0" },
  "aws:ec2/getSubnets:getSubnets": {
    ids: ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"],
  },
};

/** Runs a program under Pulumi's mocks and records what it registers, options included. */
export async function recordProgram<T>(
  program: () => T | Promise<T>,
  stage: Stage = {},
): Promise<Recording<pulumi.Unwrap<T>>> {
  const recorded: Recorded[] = [];
  pulumi.runtime.setAllConfig({ "aws:region": region, ...stage.config }, []);
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => ({
        id: custom === false ? undefined : `${name}-id`,
        state: {
          ...(inputs as Record<string, unknown>),
          ...defaultState(type, name),
          ...stage.state?.({ type, name, inputs: inputs as Record<string, unknown> }),
        },
      }),
      call: ({ token }) => {
        const answer = stage.answers?.[token] ?? invokes[token];
        if (answer === undefined)
          throw new Error(`The mocks know no answer to the invoke ${token}.`);
        return answer;
      },
    },
    stage.project ?? "project",
    stage.stack ?? "stack",
    false,
  );
  record(recorded);
  const outputs = await settled(program);
  return {
    resources: recorded,
    outputs,
    named(name, type) {
      const found = recorded.filter(
        (r) => r.name === name && (type === undefined || r.type === type),
      );
      if (found.length === 1 && found[0] !== undefined) return found[0];
      throw new Error(`${found.length} resources are named "${name}" of ${String(type)}`);
    },
    ofType: (type) => recorded.filter((r) => r.type === type),
  };
}

async function settled<T>(program: () => T | Promise<T>): Promise<pulumi.Unwrap<T>> {
  const outputs = pulumi.output(await program());
  const value = await new Promise<pulumi.Unwrap<T>>((resolve, reject) => {
    outputs.apply(resolve as (value: unknown) => void);
    (outputs as unknown as { promise(): Promise<unknown> }).promise().catch(reject);
  });
  await pulumi.runtime.disconnect();
  return value;
}

function record(into: Recorded[]): void {
  const monitor = (pulumi.runtime as unknown as { getMonitor(): Monitor }).getMonitor();
  monitor.registerResourceHook = (_request, callback) => callback(null, {});
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    original(request, (error, response) => {
      if (response !== undefined && request.getType() !== "pulumi:pulumi:Stack") {
        into.push({
          urn: response.getUrn(),
          type: request.getType(),
          name: request.getName(),
          inputs: deserializeProperties(request.getObject() ?? new Struct()),
          protect: request.getProtect() ?? false,
          retainOnDelete: request.getRetainondelete() ?? false,
          importId: request.getImportid(),
          ignoreChanges: request.getIgnorechangesList(),
          dependencies: request.getDependenciesList(),
        });
      }
      callback(error, response);
    });
}

/** What AWS adds to a resource, as far as programs read it. */
function defaultState(type: string, name: string): object {
  switch (type) {
    case "aws:sqs/queue:Queue":
      return {
        url: `https://sqs.${region}.amazonaws.com/${accountId}/${name}`,
        arn: `arn:aws:sqs:${region}:${accountId}:${name}`,
      };
    case "aws:cloudwatch/metricAlarm:MetricAlarm":
      return { arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` };
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return { latestVersion: 1, arn: `arn:aws:ec2:${region}:${accountId}:launch-template/lt` };
    case "aws:lambda/function:Function":
      return { version: "7", arn: `arn:aws:lambda:${region}:${accountId}:function:${name}` };
    case "aws:lambda/eventSourceMapping:EventSourceMapping":
      return {
        uuid: `${name}-uuid`,
        arn: `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${name}-uuid`,
      };
    default:
      return { arn: `arn:aws:test:${region}:${accountId}:${name}` };
  }
}
