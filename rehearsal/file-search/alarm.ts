import { paginateListSubscriptionsByTopic, SNSClient } from "@aws-sdk/client-sns";
import { waitUntil } from "../../local/process/wait";
import { readableText } from "../slack-endpoint";
import { expectAll } from "../steps/step";
import type { FileSearchStep } from "./run";

export const alarm: FileSearchStep = {
  name: "Slack is notified of the dead-letter queue's alarm",
  async run(run) {
    const { queues, alarms, topics } = run.get("system");
    const deadLetterQueue = queues.files?.deadLetter.name ?? "";
    const messages = () => run.slack.received.map(readableText);
    const about = () => messages().filter((message) => message.includes(deadLetterQueue));
    await waitUntil(() => about().length > 0, {
      what: `a message about ${deadLetterQueue} at the Slack endpoint`,
      withinMs: 60_000,
    });
    const message = about()[0] ?? "";
    const alarm = alarms.find(({ name }) => message.includes(name));
    const emails = await subscriptions(run.client(), topics.critical, "email");
    expectAll({
      "the message names an alarm of the system": alarm !== undefined,
      [`it contains the address of the runbook, ${alarm?.runbookUrl}`]: message.includes(
        alarm?.runbookUrl ?? "no runbook",
      ),
      "it contains the meaning of the alarm": message.includes(alarm?.meaning ?? "no meaning"),
      "there is one message for one incident": about().length === 1,
      "it contains no undefined value": !/undefined|\[object/.test(message),
      "the e-mail subscription exists": emails.length > 0,
    });
    return `"${message.split("\n")[0]}", with the runbook; e-mail address: ${emails.join(", ")}`;
  },
};

async function subscriptions(
  config: ConstructorParameters<typeof SNSClient>[0],
  TopicArn: string,
  protocol: string,
): Promise<string[]> {
  const client = new SNSClient(config ?? {});
  const endpoints: string[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    for (const { Protocol, Endpoint } of page.Subscriptions ?? []) {
      if (Protocol === protocol && Endpoint !== undefined) endpoints.push(Endpoint);
    }
  }
  client.destroy();
  return endpoints;
}
