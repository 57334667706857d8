import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { Pool } from "pg";
import { resetCloud, startCloud, stopCloud } from "../../local/keeper";
import { alarmSpeed, environment, rehearsalHome } from "../rehearsal";
import type { Step } from "./step";

export const start: Step = {
  name: "cloud and database up",
  async run(rehearsal, tell) {
    // What an earlier rehearsal left with --keep ends here; each begins with nothing.
    await stopCloud(rehearsalHome);
    await resetCloud(rehearsalHome);
    const cloud = await startCloud({
      home: rehearsalHome,
      attached: !rehearsal.keep,
      alarmSpeed,
      progress: tell,
    });
    rehearsal.leave({ cloud, database: new Pool({ connectionString: cloud.databaseUrl, max: 2 }) });
    return `${cloud.endpoint}, account ${cloud.accountId}, PostgreSQL beside it`;
  },
};

/** What an operator does once by hand: secrets are parameters, outside of program and state. The
 *  database's own is put there by `up`. */
export const webhook: Step = {
  name: "Slack's webhook put where the program expects it",
  async run(rehearsal) {
    const ssm = new SSMClient(rehearsal.client());
    const Name = `/file-search/${environment}/slack-webhook-url`;
    const Value = rehearsal.slack.webhookUrl;
    await ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString" }));
    ssm.destroy();
    return `SecureString ${Name}`;
  },
};
