import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "chai";
import { isAlive } from "../../process/process-set";
import { FleetStage } from "./fleet-stage";

describe("the fleet", () => {
  let stage: FleetStage;
  beforeEach(async () => {
    stage = await FleetStage.create();
  });
  afterEach(() => stage.close());

  it("runs one worker per machine, with the environment of its user data, and ships lines and metrics", async () => {
    await stage.createGroup(await stage.release("v1"), 2);
    stage.startFleet();
    await stage.until("two workers", () => stage.running().length === 2);
    const [id = ""] = [...stage.fleet.workers().keys()];
    const started = JSON.parse(stage.log(id).split("\n")[0] ?? "") as {
      env: Record<string, string>;
    };
    expect(started.env).to.include({
      INSTANCE_ID: id,
      QUEUE_URL: `${stage.endpoint}/q`,
      AWS_ENDPOINT_URL: stage.endpoint,
    });
    // Of the machine's role, not of the account.
    expect(started.env.AWS_SESSION_TOKEN).to.be.a("string");
    expect(Object.keys(started.env)).not.to.include("HOME");

    const logs = new CloudWatchLogsClient(stage.account.clientConfig());
    await stage.until("log events of both machines", async () => {
      const query = new FilterLogEventsCommand({ logGroupName: "/fleet/worker" });
      const { events = [] } = await logs.send(query).catch(() => ({ events: [] }));
      return new Set(events.map((event) => event.logStreamName)).size === 2;
    });
    await stage.until(
      "the metric of both machines, counted once each",
      async () => (await stage.reported("Sum")) === 2,
    );
  });

  it("repeats the counts of a running worker as 0 on a faster clock, so that each minute of the alarms has a report", async () => {
    await stage.createGroup(await stage.release("v1"), 1);
    stage.startFleet(600);
    await stage.until("three reports", async () => (await stage.reported("SampleCount")) >= 3);
    expect(await stage.reported("Sum")).to.equal(1);
  });

  it("starts a crashed worker again, and not one that ended well", async () => {
    await stage.createGroup(await stage.release("v1"), 1);
    stage.startFleet();
    await stage.until("a worker", () => stage.running().length === 1);
    const [[id = "", first] = []] = stage.fleet.workers();
    process.kill(first ?? 0, "SIGUSR2");
    await stage.until(
      "another process",
      () => ![undefined, first].includes(stage.fleet.workers().get(id)),
    );
    await stage.until("its second start", () => stage.log(id).split('"started"').length === 3);
    process.kill(stage.fleet.workers().get(id) ?? 0, "SIGTERM");
    await stage.until("its end", () =>
      stage.messages.some((line) => line.endsWith("ended with code 0")),
    );
    expect(stage.fleet.workers().get(id)).to.equal(undefined);
  });

  it("sends SIGTERM to the worker of a machine that a scale-in terminates", async () => {
    await stage.createGroup(await stage.release("v1"), 2);
    stage.startFleet();
    await stage.until("two workers", () => stage.running().length === 2);
    const before = new Map(stage.fleet.workers());
    await stage.autoScaling.setDesiredCapacity({
      AutoScalingGroupName: stage.group,
      DesiredCapacity: 1,
    });
    await stage.until("one worker", () => stage.fleet.workers().size === 1);
    const [[gone = "", pid = 0] = []] = [...before].filter(
      ([id]) => !stage.fleet.workers().has(id),
    );
    await stage.until("the end of its process", () => !isAlive(pid));
    // What a process wrote last may arrive after its end.
    await stage.until("its goodbye", () => stage.log(gone).includes("goodbye"));
  });

  it("puts a new bundle on every machine with an instance refresh, not before", async () => {
    await stage.createGroup(await stage.release("v1"), 1);
    stage.startFleet();
    await stage.until("a worker", () => stage.running().length === 1);
    const [old = ""] = stage.fleet.workers().keys();
    await stage.ec2.createLaunchTemplateVersion({
      LaunchTemplateName: stage.group,
      LaunchTemplateData: stage.templateData(await stage.release("v2")),
    });
    const AutoScalingGroupName = stage.group;
    await stage.autoScaling.updateAutoScalingGroup({
      AutoScalingGroupName,
      LaunchTemplate: { LaunchTemplateName: stage.group, Version: "2" },
    });
    expect([...stage.fleet.workers().keys()]).to.deep.equal([old]);
    await stage.autoScaling.startInstanceRefresh({ AutoScalingGroupName });
    await stage.until("the new worker", () =>
      stage.running().some(([id]) => stage.log(id).includes('"v2"')),
    );
    await stage.until("the old one's goodbye", () => stage.log(old).includes("goodbye"));
    expect(stage.fleet.workers().size).to.equal(1);
  });

  it("runs nothing whose hash is not the one in the user data", async () => {
    await stage.createGroup(await stage.release("v1", { sha256: "0".repeat(64) }), 1);
    stage.startFleet();
    await stage.until("the refusal", () =>
      stage.messages.some((line) => /has the hash .* not 0{64}/.test(line)),
    );
    expect([...stage.fleet.workers().values()]).to.deep.equal([undefined]);
  });
});
