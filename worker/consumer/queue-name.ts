/** The name of a queue is the last part of its URL. */
export function queueName(queueUrl: string): string {
  return new URL(queueUrl).pathname.split("/").at(-1) ?? queueUrl;
}
