import { createRequire } from "node:module";
import type * as autoScaling from "@aws-sdk/client-auto-scaling";
import type * as cloudWatch from "@aws-sdk/client-cloudwatch";
import type * as cloudWatchLogs from "@aws-sdk/client-cloudwatch-logs";
import type * as dynamoDb from "@aws-sdk/client-dynamodb";
import type * as ec2 from "@aws-sdk/client-ec2";
import type * as iam from "@aws-sdk/client-iam";
import type * as kms from "@aws-sdk/client-kms";
import type * as lambda from "@aws-sdk/client-lambda";
import type * as s3 from "@aws-sdk/client-s3";
import type * as scheduler from "@aws-sdk/client-scheduler";
import type * as sns from "@aws-sdk/client-sns";
import type * as sqs from "@aws-sdk/client-sqs";
import type * as ssm from "@aws-sdk/client-ssm";
import type * as sts from "@aws-sdk/client-sts";
import { namesItsCall } from "./failures";

export interface Connection {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

interface Client {
  destroy(): void;
}

/** The part of a client whose type is the same for all services. */
interface Extendable {
  middlewareStack: {
    add(middleware: typeof namesItsCall, options: { step: "initialize" }): void;
  };
}

const load = createRequire(__filename);

/** The client class of each service. It is loaded when it is needed, because the whole SDK takes a second to load and
 *  a provider must start quickly. */
const classes = {
  autoScaling: () => (load("@aws-sdk/client-auto-scaling") as typeof autoScaling).AutoScaling,
  cloudWatch: () => (load("@aws-sdk/client-cloudwatch") as typeof cloudWatch).CloudWatch,
  logs: () => (load("@aws-sdk/client-cloudwatch-logs") as typeof cloudWatchLogs).CloudWatchLogs,
  dynamoDb: () => (load("@aws-sdk/client-dynamodb") as typeof dynamoDb).DynamoDB,
  ec2: () => (load("@aws-sdk/client-ec2") as typeof ec2).EC2,
  iam: () => (load("@aws-sdk/client-iam") as typeof iam).IAM,
  kms: () => (load("@aws-sdk/client-kms") as typeof kms).KMS,
  lambda: () => (load("@aws-sdk/client-lambda") as typeof lambda).Lambda,
  s3: () => (load("@aws-sdk/client-s3") as typeof s3).S3,
  scheduler: () => (load("@aws-sdk/client-scheduler") as typeof scheduler).Scheduler,
  sns: () => (load("@aws-sdk/client-sns") as typeof sns).SNS,
  sqs: () => (load("@aws-sdk/client-sqs") as typeof sqs).SQS,
  ssm: () => (load("@aws-sdk/client-ssm") as typeof ssm).SSM,
  sts: () => (load("@aws-sdk/client-sts") as typeof sts).STS,
};

type Service = keyof typeof classes;

/** A client for each service, made on first use. */
export type Clients = { [S in Service]: InstanceType<ReturnType<(typeof classes)[S]>> } & Client;

export function connect(connection: Connection): Clients {
  const made = new Map<Service, Client & Extendable>();
  const clientOf = (service: Service) => {
    const known = made.get(service);
    if (known !== undefined) return known;
    const Client = classes[service]() as new (settings: object) => Client & Extendable;
    // Only S3 has the path style. It is needed here, because the host name of a bucket has no address.
    const client = new Client({ ...connection, forcePathStyle: true });
    client.middlewareStack.add(namesItsCall, { step: "initialize" });
    made.set(service, client);
    return client;
  };
  const clients: Client = {
    destroy() {
      for (const client of made.values()) client.destroy();
      made.clear();
    },
  };
  for (const service of Object.keys(classes) as Service[]) {
    Object.defineProperty(clients, service, { get: () => clientOf(service) });
  }
  return clients as Clients;
}
