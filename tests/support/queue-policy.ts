/** The policy of a queue that buckets and topics of a test may send to. */
export const servicesMaySend = (queueArn: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { Service: ["s3.amazonaws.com", "sns.amazonaws.com"] },
      Action: "sqs:SendMessage",
      Resource: queueArn,
    },
  });
