import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { AutoScaling, type Instance } from "@aws-sdk/client-auto-scaling";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { stringify } from "yaml";
import { lifecycleHooks } from "../../../contracts/release";
import { buildBundle } from "../../../components/bundle";
import { environmentWithout, start } from "../../support/run-cli";
import { embeddedCloud, type TestAccount } from "../../support/cloud";
import { eventually } from "../../support/eventually";
import { servicesMaySend } from "../../support/queue-policy";

const root = resolve(__dirname, "../../..");
const group = "shop-asg";

describe("a release whose alarm fires", function () {
  this.timeout(300_000);

  const folder = mkdtempSync(join(tmpdir(), "queuefleet-release-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let account: TestAccount;

  const run = (...parameters: string[]) =>
    start(
      {
        ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
        ...account.environment(),
        PULUMI_LOCAL_HOME: join(folder, "home"),
        NO_COLOR: "1",
      },
      ...parameters,
      ...["-s", "dev", "-C", folder],
    ).done;

  /** Returns the first digits of the bundle's hash. */
  async function deploy(worker: string): Promise<string> {
    const entry = join(folder, "worker.ts");
    writeFileSync(entry, `console.log(${JSON.stringify(worker)});`);
    const config = { "aws:region": "ap-northeast-1", "guarded-fleet:entry": entry };
    writeFileSync(join(folder, "Pulumi.dev.yaml"), stringify({ config }));
    const { code, stdout, stderr } = await run("up", "--yes", "--skip-preview");
    expect(code, stdout + stderr).to.equal(0);
    return buildBundle(entry, folder).sha256.slice(0, 12);
  }

  it("is rolled back once, publishes one message, and does not come back; a second bad release is rolled back too", async () => {
    account = (await embeddedCloud()).account();
    const settings = account.clientConfig();
    const [autoScaling, cloudWatch] = [new AutoScaling(settings), new CloudWatch(settings)];
    const [logs, sns, sqs] = [new CloudWatchLogs(settings), new SNS(settings), new SQS(settings)];
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      stringify({
        name: "guarded-fleet",
        runtime: "nodejs",
        main: join(root, "tests/fixtures/programs/guarded-fleet"),
      }),
    );
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

    /** What the confirm unit of each machine does. */
    const completeLaunches = async (instances: Instance[]) => {
      for (const { InstanceId, LifecycleState } of instances) {
        if (LifecycleState !== "Pending:Wait") continue;
        await autoScaling.completeLifecycleAction({
          AutoScalingGroupName: group,
          LifecycleHookName: lifecycleHooks.launch,
          InstanceId,
          LifecycleActionResult: "CONTINUE",
        });
      }
    };
    const state = async () => {
      const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({
        AutoScalingGroupNames: [group],
      });
      await completeLaunches(AutoScalingGroups?.[0]?.Instances ?? []);
      return {
        version: AutoScalingGroups?.[0]?.LaunchTemplate?.Version,
        machines: AutoScalingGroups?.[0]?.Instances?.filter(
          ({ LifecycleState }) => LifecycleState === "InService",
        )
          .map(({ LaunchTemplate }) => LaunchTemplate?.Version)
          .sort(),
      };
    };
    const refreshes = async () => {
      const { InstanceRefreshes } = await autoScaling.describeInstanceRefreshes({
        AutoScalingGroupName: group,
      });
      return InstanceRefreshes?.map(({ Status, DesiredConfiguration }) =>
        `${Status} ${DesiredConfiguration?.LaunchTemplate?.Version ?? ""}`.trim(),
      );
    };

    const bundleA = await deploy("worker A");
    await eventually("two machines work", async () => (await state()).machines?.length === 2);
    const bundleB = await deploy("worker B");
    await eventually("the canary runs", async () => (await state()).machines?.includes("2"));
    expect(await state()).to.deep.equal({ version: "2", machines: ["1", "2"] });
    // The release waits at its canary, however long the alarm takes.
    await account.passTime(200);
    expect(await refreshes()).to.deep.equal(["InProgress"]);

    const arn = (service: string, name: string) =>
      `arn:aws:${service}:ap-northeast-1:${account.accountId}:${name}`;
    const { QueueUrl } = await sqs.createQueue({
      QueueName: "notices",
      Attributes: { Policy: servicesMaySend(arn("sqs", "notices")) },
    });
    await sns.subscribe({
      TopicArn: arn("sns", "shop-alerts-critical"),
      Protocol: "sqs",
      Endpoint: arn("sqs", "notices"),
    });
    const notices: { Subject: string; Message: string }[] = [];
    const receiveNotices = async () => {
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
      for (const { Body = "" } of Messages) {
        const message = JSON.parse(Body) as (typeof notices)[number];
        if (message.Subject.includes("rolled back")) notices.push(message);
      }
      return notices.length;
    };
    const fire = (key: string) =>
      cloudWatch.setAlarmState({
        AlarmName: `${group}-${key}`,
        StateValue: "ALARM",
        StateReason: "a test",
      });

    await fire("release-failing");
    await eventually(
      "the canary is replaced",
      async () => (await state()).machines?.join() === "1,1",
      60_000,
    );
    expect(await refreshes()).to.deep.equal(["InProgress 1", "Cancelled"]);
    await account.passTime(60);
    await eventually(
      "the group is back at version 1",
      async () => (await state()).version === "1",
      60_000,
    );
    expect(await refreshes()).to.deep.equal(["Successful 1", "Cancelled"]);
    await eventually("a message is published", async () => (await receiveNotices()) > 0, 30_000);
    expect(notices[0]?.Subject).to.equal("↩️ Release rolled back: shop-asg");
    expect(notices[0]?.Message)
      .to.include("shop-asg-release-failing fired")
      .and.include(`from version 2 (bundle ${bundleB}) to version 1 (bundle ${bundleA})`)
      .and.include("https://docs.example.com/runbooks/release-rolled-back.md");

    await fire("message-delete-failed");
    const guardLog = async () => {
      const { events = [] } = await logs.filterLogEvents({
        logGroupName: "/aws/lambda/shop-asg-release-guard",
      });
      return events.map(({ message }) => message).join("");
    };
    await eventually(
      "the guard does not roll back again",
      async () => (await guardLog()).includes("no rollback"),
      60_000,
    );
    // Its own message went to the same topic. The subscription's filter did not pass it to the guard.
    expect(await guardLog()).not.to.include("not an alarm of this release");
    expect(await refreshes()).to.deep.equal(["Successful 1", "Cancelled"]);
    expect(await receiveNotices()).to.equal(1);

    const drift = await run("refresh", "--preview-only", "--expect-no-changes");
    expect(drift.code, drift.stdout + drift.stderr).to.equal(7);
    expect(drift.stdout).to.match(/workers-group[\s\S]*launchTemplate/);
    // The bad bundle does not come back, whether or not the update refreshes first.
    for (const refresh of [[], ["--refresh"]]) {
      const again = await run("up", "--yes", ...refresh);
      expect(again.code, again.stdout + again.stderr).to.equal(1);
      expect(again.stdout).to.include(`ops release-hold lift dev shop ${bundleB}`);
    }
    expect((await state()).version).to.equal("1");

    for (const key of ["release-failing", "message-delete-failed"]) {
      const AlarmName = `${group}-${key}`;
      await cloudWatch.setAlarmState({ AlarmName, StateValue: "OK", StateReason: "a test" });
    }
    await deploy("worker C");
    await eventually("the canary runs", async () => (await state()).machines?.includes("3"));
    // Only the guard hears of this alarm: it has to cancel the refresh and wait for that.
    await sns.publish({
      TopicArn: arn("sns", "shop-alarms-critical"),
      Message: JSON.stringify({
        AlarmName: `${group}-release-failing`,
        NewStateValue: "ALARM",
        StateChangeTime: new Date().toISOString(),
      }),
    });
    await eventually(
      "the canary is replaced",
      async () => (await state()).machines?.join() === "1,1",
      60_000,
    );
    expect((await refreshes())?.slice(0, 2)).to.deep.equal(["InProgress 1", "Cancelled"]);
  });
});
