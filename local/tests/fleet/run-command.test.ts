import { SSM, type GetCommandInvocationCommandOutput } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { switchBundleParameters } from "../../../contracts/release";
import { isAlive } from "../../process/process-set";
import { FleetStage, program } from "./fleet-stage";

const switchDocument = JSON.stringify({
  schemaVersion: "2.2",
  parameters: {
    [switchBundleParameters.key]: { type: "String", allowedPattern: "^[a-z0-9/.]+$" },
    [switchBundleParameters.sha256]: { type: "String", allowedPattern: "^[0-9a-f]{64}$" },
    [switchBundleParameters.grace]: { type: "String", allowedPattern: "^[0-9]+$" },
  },
  mainSteps: [
    { action: "aws:runShellScript", name: "switch", inputs: { runCommand: ["#!/bin/bash"] } },
  ],
});
const working = (version: string) =>
  `${program(version)} console.log(JSON.stringify({ msg: "worker started" }));`;

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => "accepted",
    (error: Error) => error.name,
  );

describe("a command to the machines of the fleet", () => {
  let stage: FleetStage;
  let ssm: SSM;
  beforeEach(async () => {
    stage = await FleetStage.create();
    ssm = new SSM(stage.account.clientConfig());
    await ssm.createDocument({
      Name: "switch",
      Content: switchDocument,
      DocumentType: "Command",
    });
  });
  afterEach(() => stage.close());

  const run = async (size = 1) => {
    await stage.createGroup(await stage.release("v1", { body: working("v1") }), size);
    stage.startFleet();
    await stage.until("the workers", () => stage.running().length === size);
    const ids = [...stage.fleet.workers().keys()];
    await stage.until("the agents", async () => {
      const { InstanceInformationList = [] } = await ssm.describeInstanceInformation();
      return InstanceInformationList.filter((one) => one.PingStatus === "Online").length === size;
    });
    return ids;
  };
  const ended = async (CommandId: string, InstanceId: string) => {
    let invocation: GetCommandInvocationCommandOutput | undefined;
    await stage.until("the end of the command", async () => {
      invocation = await ssm.getCommandInvocation({ CommandId, InstanceId });
      return ["Success", "Failed", "TimedOut", "Cancelled"].includes(invocation.Status ?? "");
    });
    return invocation;
  };
  const switchTo = async (
    bundle: { key: string; sha256: string },
    target: { InstanceIds: string[] } | { Targets: { Key: string; Values: string[] }[] },
    graceSeconds = 60,
  ) => {
    const { Command } = await ssm.sendCommand({
      DocumentName: "switch",
      ...target,
      Parameters: {
        [switchBundleParameters.key]: [bundle.key],
        [switchBundleParameters.sha256]: [bundle.sha256],
        [switchBundleParameters.grace]: [String(graceSeconds)],
      },
    });
    return Command?.CommandId ?? "";
  };

  it("switches the bundle in place on every machine of a group", async () => {
    const ids = await run(2);
    const before = new Map(stage.fleet.workers());
    const bundle = await stage.bundle("v2", working("v2"));
    const group = { Key: "tag:aws:autoscaling:groupName", Values: [stage.group] };
    const id = await switchTo(bundle, { Targets: [group] });
    for (const instanceId of ids) {
      const invocation = await ended(id, instanceId);
      expect(invocation).to.include({ Status: "Success", ResponseCode: 0 });
      expect(invocation?.StandardOutputContent).to.include(bundle.sha256);
      expect(stage.log(instanceId)).to.include('"v2"').and.include("goodbye");
      expect(stage.fleet.workers().get(instanceId)).not.to.equal(before.get(instanceId));
    }
    const { CommandInvocations = [] } = await ssm.listCommandInvocations({
      CommandId: id,
      Details: true,
    });
    expect(CommandInvocations.map(({ InstanceId }) => InstanceId).sort()).to.deep.equal(ids.sort());
    expect(CommandInvocations[0]?.CommandPlugins?.[0]).to.include({ Name: "switch" });
    const { Commands } = await ssm.listCommands({ CommandId: id });
    expect(Commands?.[0]).to.include({ Status: "Success", CompletedCount: 2, ErrorCount: 0 });
  });

  it("changes nothing on a machine that runs the bundle already", async () => {
    const [instanceId = ""] = await run();
    const bundle = await stage.bundle("v2", working("v2"));
    await ended(await switchTo(bundle, { InstanceIds: [instanceId] }), instanceId);
    const pid = stage.fleet.workers().get(instanceId);
    const invocation = await ended(
      await switchTo(bundle, { InstanceIds: [instanceId] }),
      instanceId,
    );
    expect(invocation?.StandardOutputContent).to.include("already");
    expect(stage.fleet.workers().get(instanceId)).to.equal(pid);
  });

  it("cuts work short that takes longer than the grace, and says what the worker released", async () => {
    const [instanceId = ""] = await run();
    const slow = await stage.bundle(
      "slow",
      `console.log(JSON.stringify({ msg: "worker started" }));
       let signals = 0;
       process.on("SIGTERM", () => {
         signals += 1;
         if (signals < 2) return;
         console.log(JSON.stringify({ msg: "stopped: 1 done, 0 dead-lettered, 2 released" }));
         process.exit(0);
       });
       setInterval(() => undefined, 1000);`,
    );
    await ended(await switchTo(slow, { InstanceIds: [instanceId] }), instanceId);
    const next = await stage.bundle("v2", working("v2"));
    const id = await switchTo(next, { InstanceIds: [instanceId] }, 1);
    const invocation = await ended(id, instanceId);
    expect(invocation?.StandardOutputContent?.split("\n")).to.deep.equal([
      "Work that took longer than 1 s is cut short and released.",
      "stopped: 1 done, 0 dead-lettered, 2 released",
      `The worker runs the bundle ${next.sha256}.`,
      "",
    ]);
  });

  it("keeps the switched bundle when the worker or the whole fleet is started again", async () => {
    const [instanceId = ""] = await run();
    const bundle = await stage.bundle("v2", working("v2"));
    await ended(await switchTo(bundle, { InstanceIds: [instanceId] }), instanceId);
    await stage.fleet.stop();
    stage.startFleet();
    await stage.until("the worker", () => stage.log(instanceId).split('"v2"').length === 3);
    expect(stage.log(instanceId).split('"v1"')).to.have.length(2);
  });

  it("stops nothing when the bundle is missing or has another hash", async () => {
    const [instanceId = ""] = await run();
    const pid = stage.fleet.workers().get(instanceId);
    const { key } = await stage.bundle("v2", working("v2"));
    for (const bundle of [
      { key, sha256: "0".repeat(64) },
      { key: "worker/none.js", sha256: "0".repeat(64) },
    ]) {
      const id = await switchTo(bundle, { InstanceIds: [instanceId] });
      const invocation = await ended(id, instanceId);
      expect(invocation).to.include({ Status: "Failed", ResponseCode: 1 });
      expect(invocation?.StandardErrorContent).to.match(/^The bundle was not fetched: /);
    }
    expect(stage.fleet.workers().get(instanceId)).to.equal(pid);
    expect(isAlive(pid ?? 0)).to.equal(true);
  });

  it("puts the former bundle back when the worker does not start with the new one", async () => {
    const [instanceId = ""] = await run();
    const bundle = await stage.bundle("broken", "process.exit(3);");
    const id = await switchTo(bundle, { InstanceIds: [instanceId] });
    const invocation = await ended(id, instanceId);
    expect(invocation?.Status).to.equal("Failed");
    expect(invocation?.StandardErrorContent).to.include("did not start").and.include("is back");
    await stage.until("the former worker", () => stage.log(instanceId).split('"v1"').length === 3);
  });

  it("starts a worker that had ended for good", async () => {
    const [instanceId = ""] = await run();
    process.kill(stage.fleet.workers().get(instanceId) ?? 0, "SIGTERM");
    await stage.until("its end", () => stage.messages.some((line) => line.endsWith("code 0")));
    const bundle = await stage.bundle("v2", working("v2"));
    const id = await switchTo(bundle, { InstanceIds: [instanceId] });
    expect(await ended(id, instanceId)).to.include({ Status: "Success" });
  });

  it("fails with a sentence when its script is not emulated", async () => {
    const [instanceId = ""] = await run();
    const { Command } = await ssm.sendCommand({
      DocumentName: "AWS-RunShellScript",
      InstanceIds: [instanceId],
      Parameters: { commands: ["uptime"] },
    });
    const invocation = await ended(Command?.CommandId ?? "", instanceId);
    expect(invocation?.Status).to.equal("Failed");
    expect(invocation?.StandardErrorContent).to.include("This script is not emulated");
  });

  it("is refused with other parameters, another document or another instance", async () => {
    const [instanceId = ""] = await run();
    const bundle = { key: "worker/v1/worker.js", sha256: "0".repeat(64) };
    const here = { InstanceIds: [instanceId] };
    expect(await refusal(switchTo({ ...bundle, sha256: "short" }, here))).to.equal(
      "InvalidParameters",
    );
    const incomplete = ssm.sendCommand({
      DocumentName: "switch",
      ...here,
      Parameters: { [switchBundleParameters.key]: [bundle.key] },
    });
    expect(await refusal(incomplete)).to.equal("InvalidParameters");
    expect(await refusal(ssm.sendCommand({ DocumentName: "none", ...here }))).to.equal(
      "InvalidDocument",
    );
    const elsewhere = { InstanceIds: ["i-0123456789abcdef0"] };
    expect(await refusal(switchTo(bundle, elsewhere))).to.equal("InvalidInstanceId");
  });

  it("times out when no agent fetches it, and is cancelled while it waits", async () => {
    const [instanceId = ""] = await run();
    await stage.fleet.stop();
    const bundle = { key: "worker/v1/worker.js", sha256: "0".repeat(64) };
    const first = await switchTo(bundle, { InstanceIds: [instanceId] });
    await ssm.cancelCommand({ CommandId: first });
    expect(await ended(first, instanceId)).to.include({ Status: "Cancelled" });
    const second = await switchTo(bundle, { InstanceIds: [instanceId] });
    expect(
      await ssm.getCommandInvocation({ CommandId: second, InstanceId: instanceId }),
    ).to.include({ Status: "Pending", ResponseCode: -1 });
    await stage.account.passTime(3600);
    expect(await ended(second, instanceId)).to.include({
      Status: "TimedOut",
      StatusDetails: "DeliveryTimedOut",
    });
  });

  it("matches no machine of another group", async () => {
    await run();
    const { Command } = await ssm.sendCommand({
      DocumentName: "switch",
      Targets: [{ Key: "tag:aws:autoscaling:groupName", Values: ["others"] }],
      Parameters: {
        [switchBundleParameters.key]: ["worker/v1/worker.js"],
        [switchBundleParameters.sha256]: ["0".repeat(64)],
        [switchBundleParameters.grace]: ["60"],
      },
    });
    expect(Command).to.include({ TargetCount: 0, StatusDetails: "NoInstancesInTag" });
  });
});
