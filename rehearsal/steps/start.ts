import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { Pool } from "pg";
import { resetCloud, startCloud, stopCloud } from "../../local/keeper";
import { alarmSpeed, environment, rehearsalHome } from "../rehearsal";
import type { Step } from "./step";

export const start: Step = {
  name: "the cloud and the database are started",
  async run(rehearsal, showProgress) {
    // Stops what an earlier rehearsal kept running with --keep. Each rehearsal starts empty.
    await stopCloud(rehearsalHome);
    await resetCloud(rehearsalHome);
    const cloud = await startCloud({
      home: rehearsalHome,
      attached: !rehearsal.keep,
      clockSpeed: alarmSpeed,
      progress: showProgress,
    });
    rehearsal.record({
      cloud,
      database: new Pool({ connectionString: cloud.databaseUrl, max: 2 }),
    });
    return `${cloud.endpoint}, account ${cloud.accountId}, with PostgreSQL`;
  },
};

/** An operator does this once by hand: secrets are SSM parameters, outside of the program and the state. `up`
 *  stores the parameter for the database itself. */
export const webhook: Step = {
  name: "the Slack webhook is stored in its SSM parameter",
  async run(rehearsal) {
    const ssm = new SSMClient(rehearsal.client());
    const Name = `/file-search/${environment}/slack-webhook-url`;
    const Value = rehearsal.slack.webhookUrl;
    await ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString" }));
    ssm.destroy();
    return `SecureString ${Name}`;
  },
};
