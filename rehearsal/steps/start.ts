import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { Pool } from "pg";
import { resetCloud, startCloud, stopCloud } from "../../local/keeper";
import { alarmSpeed, environment, rehearsalHome, type Rehearsal } from "../rehearsal";
import type { BoundStep, Step } from "./step";

export const start = (rehearsal: Rehearsal): BoundStep => ({
  name: "the cloud and the database are started",
  async run(showProgress) {
    // Stops what an earlier rehearsal kept running with --keep. Each rehearsal starts empty.
    await stopCloud(rehearsalHome);
    await resetCloud(rehearsalHome);
    const cloud = await startCloud({
      home: rehearsalHome,
      attached: !rehearsal.keep,
      clockSpeed: alarmSpeed,
      progress: showProgress,
    });
    rehearsal.cloud = cloud;
    rehearsal.database = new Pool({ connectionString: cloud.databaseUrl, max: 4 });
    // An idle connection that breaks is no failure: a query that needs one fails itself.
    rehearsal.database.on("error", () => undefined);
    return `${cloud.endpoint}, account ${cloud.accountId}, with PostgreSQL`;
  },
});

/** An operator does this once by hand: secrets are SSM parameters, outside of the program and the state. `up`
 *  stores the parameter for the database itself. */
export const webhook = (region: string): Step => ({
  name: "the Slack webhook is stored in its SSM parameter",
  async run(run) {
    const ssm = new SSMClient(run.client(region));
    const Name = `/${run.name}/${environment}/slack-webhook-url`;
    const Value = run.slack.webhookUrl;
    await ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString" }));
    ssm.destroy();
    return `SecureString ${Name}`;
  },
});
