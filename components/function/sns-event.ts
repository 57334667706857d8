/** The event that SNS sends to a function. */
export interface SnsEvent {
  Records: {
    Sns: { MessageId: string; TopicArn?: string; Subject?: string | null; Message: string };
  }[];
}
