import { expect } from "chai";
import { isAlive } from "../../process/process-set";
import { FleetStage, program } from "./fleet-stage";

const hooks = {
  "queuefleet-confirm.service": "worker-works",
  "queuefleet-drain.service": "finish-work",
};
const LifecycleHookSpecificationList = [
  { LifecycleHookName: "worker-works", LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" },
  { LifecycleHookName: "finish-work", LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING" },
];
/** Says that it works when it gets SIGUSR1. */
const waiting = `${program("waiting")}
  process.on("SIGUSR1", () => console.log(JSON.stringify({ msg: "worker started" })));`;
const working = `${program("working")} console.log(JSON.stringify({ msg: "worker started" }));`;

describe("a machine of the fleet", () => {
  let stage: FleetStage;
  beforeEach(async () => {
    stage = await FleetStage.create();
  });
  afterEach(() => stage.close());

  const launch = async (body: string) => {
    const userData = await stage.release("v1", { body, hooks });
    await stage.createGroup(userData, 1, { LifecycleHookSpecificationList });
    stage.startFleet();
  };
  const inService = async () => {
    await stage.until("an instance in service", async () =>
      [...(await stage.states()).values()].includes("InService"),
    );
    return [...(await stage.states()).keys()][0] ?? "";
  };

  it("is in service only after its worker has said that it works", async () => {
    await launch(waiting);
    await stage.until("a worker", () => stage.running().length === 1);
    const [[id = "", pid = 0] = []] = stage.fleet.workers();
    expect((await stage.states()).get(id)).to.equal("Pending:Wait");
    process.kill(pid, "SIGUSR1");
    expect(await inService()).to.equal(id);
    // The same worker: the machine had booted before.
    expect(stage.fleet.workers().get(id)).to.equal(pid);
  });

  it("abandons its launch when its worker crashes again and again, and another one is launched", async () => {
    await launch("process.exit(3);");
    const [first = ""] = (await stage.states()).keys();
    await stage.until("another instance", async () => {
      const states = await stage.states();
      return states.size > 0 && !states.has(first);
    });
    expect(stage.messages).to.include(`${first}: the launch was completed with ABANDON`);
  });

  it("abandons its launch when its bundle is not the released one", async () => {
    const userData = await stage.release("v1", { sha256: "0".repeat(64), hooks });
    await stage.createGroup(userData, 1, { LifecycleHookSpecificationList });
    stage.startFleet();
    await stage.until("the end of the launch", () =>
      stage.messages.some((line) => line.includes("completed with ABANDON")),
    );
  });

  it("does not abandon a launch after a crash that its worker recovers from", async () => {
    // The file is the machine's memory of its first start.
    await launch(`
      const { existsSync, writeFileSync } = require("node:fs");
      if (!existsSync("crashed")) { writeFileSync("crashed", ""); process.exit(3); }
      ${working}`);
    const [first = ""] = (await stage.states()).keys();
    expect(await inService()).to.equal(first);
  });

  it("stops its worker and completes the hook when it terminates, and another one is launched", async () => {
    await launch(working);
    const first = await inService();
    const pid = stage.fleet.workers().get(first) ?? 0;
    await stage.autoScaling.terminateInstanceInAutoScalingGroup({
      InstanceId: first,
      ShouldDecrementDesiredCapacity: false,
    });
    expect((await stage.states()).get(first)).to.equal("Terminating:Wait");
    await stage.until("its termination", async () => !(await stage.states()).has(first));
    expect(isAlive(pid)).to.equal(false);
    expect(stage.log(first)).to.include("goodbye");
    expect(await inService()).not.to.equal(first);
  });

  it("terminates although the fleet was started again meanwhile", async () => {
    await launch(working);
    const first = await inService();
    await stage.fleet.stop();
    await stage.autoScaling.setDesiredCapacity({
      AutoScalingGroupName: stage.group,
      DesiredCapacity: 0,
    });
    stage.startFleet();
    await stage.until("its termination", async () => !(await stage.states()).has(first));
  });
});
