import { createRequire } from "node:module";
import type * as autoScaling from "@aws-sdk/client-auto-scaling";
import type * as cloudWatch from "@aws-sdk/client-cloudwatch";
import type * as cloudWatchLogs from "@aws-sdk/client-cloudwatch-logs";
import type * as ec2 from "@aws-sdk/client-ec2";
import type * as iam from "@aws-sdk/client-iam";
import type * as kms from "@aws-sdk/client-kms";
import type * as lambda from "@aws-sdk/client-lambda";
import type * as s3 from "@aws-sdk/client-s3";
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

/** The part of every client that a type over all services cannot say. */
interface Extendable {
  middlewareStack: {
    add(middleware: typeof namesItsCall, options: { step: "initialize" }): void;
  };
}

const load = createRequire(__filename);

/** A client for each service, loaded and made on first use: all of the SDK takes a second to load, and
 *  a provider has to be there at once. */
export class Clients {
  private readonly made = new Map<string, Client>();

  constructor(private readonly connection: Connection) {}

  private once<C extends Client>(service: string, make: () => C): C {
    const known = this.made.get(service);
    if (known !== undefined) return known as C;
    const client = make();
    (client as C & Extendable).middlewareStack.add(namesItsCall, { step: "initialize" });
    this.made.set(service, client);
    return client;
  }

  get autoScaling() {
    return this.once("autoScaling", () => {
      const { AutoScaling } = load("@aws-sdk/client-auto-scaling") as typeof autoScaling;
      return new AutoScaling(this.connection);
    });
  }
  get cloudWatch() {
    return this.once("cloudWatch", () => {
      const { CloudWatch } = load("@aws-sdk/client-cloudwatch") as typeof cloudWatch;
      return new CloudWatch(this.connection);
    });
  }
  get logs() {
    return this.once("logs", () => {
      const { CloudWatchLogs } = load("@aws-sdk/client-cloudwatch-logs") as typeof cloudWatchLogs;
      return new CloudWatchLogs(this.connection);
    });
  }
  get ec2() {
    return this.once("ec2", () => {
      const { EC2 } = load("@aws-sdk/client-ec2") as typeof ec2;
      return new EC2(this.connection);
    });
  }
  get iam() {
    return this.once("iam", () => {
      const { IAM } = load("@aws-sdk/client-iam") as typeof iam;
      return new IAM(this.connection);
    });
  }
  get kms() {
    return this.once("kms", () => {
      const { KMS } = load("@aws-sdk/client-kms") as typeof kms;
      return new KMS(this.connection);
    });
  }
  get lambda() {
    return this.once("lambda", () => {
      const { Lambda } = load("@aws-sdk/client-lambda") as typeof lambda;
      return new Lambda(this.connection);
    });
  }
  get s3() {
    return this.once("s3", () => {
      const { S3 } = load("@aws-sdk/client-s3") as typeof s3;
      return new S3({ ...this.connection, forcePathStyle: true });
    });
  }
  get sns() {
    return this.once("sns", () => {
      const { SNS } = load("@aws-sdk/client-sns") as typeof sns;
      return new SNS(this.connection);
    });
  }
  get sqs() {
    return this.once("sqs", () => {
      const { SQS } = load("@aws-sdk/client-sqs") as typeof sqs;
      return new SQS(this.connection);
    });
  }
  get ssm() {
    return this.once("ssm", () => {
      const { SSM } = load("@aws-sdk/client-ssm") as typeof ssm;
      return new SSM(this.connection);
    });
  }
  get sts() {
    return this.once("sts", () => {
      const { STS } = load("@aws-sdk/client-sts") as typeof sts;
      return new STS(this.connection);
    });
  }

  destroy(): void {
    for (const client of this.made.values()) client.destroy();
    this.made.clear();
  }
}
