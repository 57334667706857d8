import { SSM } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { bundleDescription, switchBundleParameters } from "../../contracts/release";
import { FleetStage, program } from "../../local/tests/fleet/fleet-stage";
import { Group } from "../../ops/fleet/group";
import { onlineMachines } from "../../ops/fleet/switch-bundle";
import { HoldParameter } from "../../ops/hold/hold-parameter";
import { carryOut } from "../../ops/rollback/carry-out";
import { planRollback } from "../../ops/rollback/plan";

const working = (version: string) =>
  `${program(version)} console.log(JSON.stringify({ msg: "worker started" }));`;
const crashing = 'console.log("no database driver"); process.exit(1);';

describe("a rollback of a fleet", function () {
  this.timeout(120_000);
  let stage: FleetStage;
  let ssm: SSM;
  let group: Group;
  let hold: HoldParameter;
  let progress: string[];

  beforeEach(async () => {
    stage = await FleetStage.create();
    progress = [];
    ssm = new SSM(stage.account.clientConfig());
    hold = new HoldParameter(ssm, "/queuefleet/dev/shop/workers/release-hold");
    await ssm.createDocument({
      Name: "switch",
      DocumentType: "Command",
      Content: JSON.stringify({
        schemaVersion: "2.2",
        parameters: Object.fromEntries(
          Object.values(switchBundleParameters).map((name) => [name, { type: "String" }]),
        ),
        mainSteps: [
          { action: "aws:runShellScript", name: "switch", inputs: { runCommand: ["true"] } },
        ],
      }),
    });
  });
  afterEach(() => stage.close());

  /** Versions 1 and 2 with their bundles; the machines run version 2. Resolves to the hashes. */
  async function released(bodies: [string, string], size: number) {
    const [first, second] = bodies;
    const hashes = [
      (await stage.bundle("v1", first)).sha256,
      (await stage.bundle("v2", second)).sha256,
    ] as const;
    const template = await stage.ec2.createLaunchTemplate({
      LaunchTemplateName: stage.group,
      VersionDescription: bundleDescription(hashes[0]),
      LaunchTemplateData: stage.templateData(await stage.release("v1", { body: first })),
    });
    const LaunchTemplateId = template.LaunchTemplate?.LaunchTemplateId ?? "";
    await stage.autoScaling.createAutoScalingGroup({
      AutoScalingGroupName: stage.group,
      MinSize: 0,
      MaxSize: 5,
      DesiredCapacity: 0,
      LaunchTemplate: { LaunchTemplateId, Version: "1" },
      AvailabilityZones: ["ap-northeast-1a"],
    });
    // Creation times are whole seconds. The history is read from them.
    const now = () => Math.floor(Date.now() / 1000);
    const created = now();
    await stage.until("the next second", () => now() > created);
    await stage.ec2.createLaunchTemplateVersion({
      LaunchTemplateId,
      VersionDescription: bundleDescription(hashes[1]),
      LaunchTemplateData: stage.templateData(await stage.release("v2", { body: second })),
    });
    await stage.autoScaling.updateAutoScalingGroup({
      AutoScalingGroupName: stage.group,
      LaunchTemplate: { LaunchTemplateId, Version: "2" },
      DesiredCapacity: size,
    });
    group = new Group(
      { autoScaling: stage.autoScaling, ec2: stage.ec2 },
      stage.group,
      LaunchTemplateId,
    );
    await stage.until("the instances", async () => (await group.machines()).length === size);
    return hashes;
  }
  async function runMachines(size: number) {
    stage.startFleet();
    const ids = async () => (await group.machines()).map(({ id }) => id);
    await stage.until(
      "the agents",
      async () => (await onlineMachines(ssm, await ids())).size === size,
    );
    await stage.until("the workers", () => stage.running().length === size);
  }
  async function rollBack(machines?: string[]) {
    const state = await group.read();
    const online = await onlineMachines(
      ssm,
      state.machines.map(({ id }) => id),
    );
    const plan = planRollback({ state, online, held: await hold.read(), machines });
    return carryOut(plan, state.versions, {
      ...{ group, ssm, hold, documentName: "switch", graceSeconds: 5 },
      reason: { by: "kim", reason: "every file fails" },
      progress: (line) => progress.push(line),
    });
  }

  it("switches the machines in place, sets the group, and holds the bundle", async () => {
    const [good, bad] = await released([working("v1"), working("v2")], 2);
    await runMachines(2);
    await stage.autoScaling.startInstanceRefresh({ AutoScalingGroupName: stage.group });
    const before = (await group.machines()).map(({ id }) => id);
    const results = await rollBack();
    expect(results.every(({ ok }) => ok)).to.equal(true);
    expect((await group.read()).current).to.equal(1);
    expect((await group.refreshes())[0]?.status).to.equal("Cancelled");
    // Before it was cancelled, the refresh may have launched a machine, and replaced one of the two.
    const switches = results.filter(({ id, how }) => how === "switch" && before.includes(id));
    const left = switches.filter(({ says }) => says === "It has left the group meanwhile.");
    const inService = (await group.machines()).map(({ id }) => id);
    for (const { id } of left) expect(inService).not.to.include(id);
    const switched = switches.filter((one) => !left.includes(one));
    expect(switched).not.to.have.length(0);
    for (const { id } of switched) expect(stage.log(id)).to.match(/"v2"[\s\S]*"v1"/);
    expect(await hold.read()).to.have.length(1);
    expect((await hold.read())[0]).to.include({
      bundle: bad,
      runs: good,
      by: "kim",
      reason: "every file fails",
    });
  });

  it("changes nothing when it is repeated", async () => {
    await released([working("v1"), working("v2")], 1);
    await runMachines(1);
    await rollBack();
    const held = await hold.read();
    const pids = new Map(stage.fleet.workers());
    const [again] = await rollBack();
    expect(again?.says).to.include("already");
    expect(stage.fleet.workers()).to.deep.equal(pids);
    expect(await hold.read()).to.deep.equal(held);
  });

  it("replaces a machine without an agent by one of the right version", async () => {
    await released([working("v1"), working("v2")], 1);
    const [old] = await group.machines();
    const [result] = await rollBack();
    expect(result).to.include({ id: old?.id, how: "replace", ok: true });
    await stage.until("the replacement", async () => {
      const machines = await group.machines();
      return machines.length === 1 && machines[0]?.version === 1;
    });
  });

  it("says which machines failed and why; the group is set, and those machines can be tried again", async () => {
    await released([crashing, working("v2")], 1);
    await runMachines(1);
    const [machine] = await group.machines();
    const [result] = await rollBack();
    expect(result).to.include({ id: machine?.id, how: "switch", ok: false });
    expect(result?.says).to.include("did not start").and.include("is back, and its worker works");
    expect((await group.read()).current).to.equal(1);
    const [again] = await rollBack([machine?.id ?? ""]);
    expect(again).to.include({ id: machine?.id, ok: false });
  });
});
