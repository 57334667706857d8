interface Watched {
  name: string;
  dimensions: [string, string][];
  region: string;
  accountId: string;
}

/** A command to look closer at what an alarm watches, where the alarm itself names none. It changes nothing. */
export function commandFor({ name, dimensions, region, accountId }: Watched): string {
  const command = (text: string) => `aws ${text} --region ${region}`;
  const [queue, fn, group] = ["QueueName", "FunctionName", "AutoScalingGroupName"].map(
    (wanted) => dimensions.find(([dimension]) => dimension === wanted)?.[1],
  );
  if (queue !== undefined) {
    const url = `https://sqs.${region}.amazonaws.com/${accountId}/${queue}`;
    return command(`sqs get-queue-attributes --queue-url ${url} --attribute-names All`);
  }
  if (fn !== undefined) return command(`logs tail /aws/lambda/${fn} --since 1h`);
  if (group !== undefined) {
    return command(
      `autoscaling describe-scaling-activities --auto-scaling-group-name ${group} --max-items 10`,
    );
  }
  return command(`cloudwatch describe-alarm-history --alarm-name ${name} --max-items 10`);
}
