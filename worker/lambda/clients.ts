import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { endpointOptions } from "../consumer/queue-clients";

/** All of these calls answer within milliseconds. The SDK tries three times, which must fit into a function's time. */
const quick = () =>
  new NodeHttpHandler({
    connectionTimeout: 2000,
    requestTimeout: 4000,
    throwOnRequestTimeout: true,
  });

export const sqsClient = () =>
  new SQSClient({ ...endpointOptions(process.env), requestHandler: quick() });
export const dynamoClient = () => new DynamoDBClient({ requestHandler: quick() });
export const lambdaClient = () => new LambdaClient({ requestHandler: quick() });
export const ssmClient = () => new SSMClient({ requestHandler: quick() });
