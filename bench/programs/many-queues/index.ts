import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const pairs = new pulumi.Config().requireNumber("pairs");

for (let index = 0; index < pairs; index += 1) {
  const name = `jobs-${index}`;
  const deadLetters = new aws.sqs.Queue(`${name}-dlq`, { messageRetentionSeconds: 1_209_600 });
  const queue = new aws.sqs.Queue(name, {
    visibilityTimeoutSeconds: 300,
    receiveWaitTimeSeconds: 20,
    redrivePolicy: pulumi.jsonStringify({
      deadLetterTargetArn: deadLetters.arn,
      maxReceiveCount: 5,
    }),
  });
  alarm(`${name}-depth`, queue.name, "ApproximateNumberOfMessagesVisible", 1000);
  alarm(`${name}-dead-letters`, deadLetters.name, "ApproximateNumberOfMessagesVisible", 0);
}

function alarm(
  name: string,
  queueName: pulumi.Output<string>,
  metricName: string,
  threshold: number,
): void {
  new aws.cloudwatch.MetricAlarm(name, {
    namespace: "AWS/SQS",
    metricName,
    dimensions: { QueueName: queueName },
    statistic: "Maximum",
    period: 60,
    evaluationPeriods: 1,
    comparisonOperator: "GreaterThanThreshold",
    threshold,
    treatMissingData: "notBreaching",
    alarmDescription: "More messages than expected are waiting.",
  });
}
