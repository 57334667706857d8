import { expect } from "chai";
import { confirmLaunchScript, switchBundleScript } from "../../../components/fleet/release-scripts";
import {
  bundleKey,
  launchConfirmation,
  switchBundleParameters,
  switchedStartSeconds,
} from "../../../contracts/release";
import { eventually } from "../../support/eventually";
import { FakeMachine, sha256 } from "./fake-machine";

const works = "a worker that works";

let machine: FakeMachine;
beforeEach(() => {
  machine = new FakeMachine(works);
});
afterEach(() => machine.remove());

describe("the script that confirms a launch", () => {
  const variables = {
    AWS_REGION: "ap-northeast-1",
    AUTO_SCALING_GROUP: "shop-asg",
    LIFECYCLE_HOOK: "worker-works",
  };
  const confirm = () =>
    machine.run(
      confirmLaunchScript.replaceAll(`>= ${launchConfirmation.heartbeatSeconds}`, ">= 1"),
      variables,
    );
  const calls = () =>
    machine
      .read("calls")
      .split("\n")
      .filter((line) => line.startsWith("aws"));

  it("completes the launch once the worker says that it works", async () => {
    const run = confirm();
    machine.says('{"msg":"stopping"}');
    machine.says('{"msg":"worker started"}');
    expect(await run).to.deep.equal({ code: 0, stdout: "", stderr: "" });
    expect(calls()).to.have.length(1);
    expect(calls()[0]).to.include("complete-lifecycle-action").and.include("CONTINUE");
    expect(calls()[0]).to.include("--instance-id i-0123456789abcdef0");
  });

  it("sends heartbeats while the worker waits, and completes when it works", async () => {
    const run = confirm();
    await eventually("two heartbeats", () => calls().length >= 2);
    expect(calls().every((call) => call.includes("record-lifecycle-action-heartbeat"))).to.equal(
      true,
    );
    machine.says('{"msg":"worker started"}');
    expect(await run).to.include({ code: 0 });
    expect(calls().at(-1)).to.include("CONTINUE");
  });

  it("sends no heartbeat while the worker does not run, and gives up after five restarts", async () => {
    machine.write("state", "activating\n");
    const run = confirm();
    for (let restarts = 1; restarts <= 5; restarts += 1) machine.write("restarts", `${restarts}\n`);
    expect(await run).to.include({ code: 0 });
    expect(calls()).to.have.length(1);
    expect(calls()[0]).to.include("complete-lifecycle-action").and.include("ABANDON");
  });

  it("succeeds when the action is gone: it was completed before a restart", async () => {
    machine.write(
      "refusal",
      "An error occurred (ValidationError) when calling the CompleteLifecycleAction operation: No active Lifecycle Action found",
    );
    machine.says('{"msg":"worker started"}');
    expect(await confirm()).to.include({ code: 0 });
  });

  it("fails, so that systemd runs it again, when Auto Scaling cannot be reached", async () => {
    machine.write("refusal", "Could not connect to the endpoint URL");
    machine.says('{"msg":"worker started"}');
    const { code, stderr } = await confirm();
    expect(code).not.to.equal(0);
    expect(stderr).to.include("Could not connect");
  });
});

describe("the script that switches the bundle", () => {
  const switchTo = (hash: string, graceSeconds = 60, startSeconds = switchedStartSeconds) =>
    machine.run(
      switchBundleScript
        .replace(`{{ ${switchBundleParameters.key} }}`, bundleKey(hash))
        .replace(`{{ ${switchBundleParameters.sha256} }}`, hash)
        .replace(`{{ ${switchBundleParameters.grace} }}`, String(graceSeconds))
        .replace(`SECONDS + ${switchedStartSeconds}`, `SECONDS + ${startSeconds}`),
    );
  const stops = () => machine.read("calls").split("systemctl stop").length - 1;

  it("fetches, verifies, restarts, and says what the worker did with its work", async () => {
    const next = machine.stores("the next worker works");
    const { code, stdout, stderr } = await switchTo(next);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout).to.equal(
      `stopped: 3 done, 0 dead-lettered, 2 released\nThe worker runs the bundle ${next}.\n`,
    );
    expect(machine.read("worker.js")).to.equal("the next worker works");
    expect(machine.read("worker.env"))
      .to.include(`WORKER_BUNDLE_KEY=${bundleKey(next)}\n`)
      .and.include(`WORKER_BUNDLE_SHA256=${next}\n`)
      .and.include("QUEUE_URL=https://q\n");
  });

  it("changes nothing when the machine runs the bundle already", async () => {
    const { code, stdout } = await switchTo(machine.stores(works));
    expect(code).to.equal(0);
    expect(stdout).to.include("already");
    expect(stops()).to.equal(0);
  });

  it("starts the bundle that is installed, if its worker has ended", async () => {
    machine.write("state", "failed\n");
    expect(await switchTo(machine.stores(works))).to.include({ code: 0 });
    expect(machine.read("state")).to.equal("active\n");
  });

  it("stops nothing when the object has another hash, or is missing", async () => {
    const wanted = sha256("the next worker works");
    machine.write(`objects/${wanted}.js`, "tampered");
    for (const hash of [wanted, "0".repeat(64)]) {
      const { code, stderr } = await switchTo(hash);
      expect(code).not.to.equal(0);
      expect(stderr).not.to.equal("");
    }
    expect(stops()).to.equal(0);
    expect(machine.read("worker.js")).to.equal(works);
  });

  it("puts the former bundle back when the next one crashes", async () => {
    const next = machine.stores("the next worker crashes");
    machine.stores(works);
    const { code, stderr } = await switchTo(next);
    expect(code).to.equal(1);
    expect(stderr).to.include(`did not start with the bundle ${next}`);
    expect(stderr).to.include(`The former bundle ${sha256(works)} is back, and its worker works.`);
    expect(machine.read("worker.env")).to.include(`WORKER_BUNDLE_SHA256=${sha256(works)}\n`);
    expect(machine.read("worker.js")).to.equal(works);
  });

  it("puts the former bundle back when the next one does not say in time that it works", async () => {
    const { code, stderr } = await switchTo(machine.stores("the next worker waits"), 60, 1);
    expect(code).to.equal(1);
    expect(stderr).to.include("is back, and its worker works");
  });

  it("cuts work short that takes longer than the grace", async () => {
    machine.remove();
    machine = new FakeMachine(`${works}, slow`);
    const { code, stdout } = await switchTo(machine.stores("the next worker works"), 1);
    expect(code).to.equal(0);
    expect(stdout).to.include("Work that took longer than 1 s is cut short and released.");
    expect(machine.read("calls")).to.include("systemctl kill --kill-whom=main --signal=SIGTERM");
  });

  it("takes a started line only from the worker that it started", async () => {
    machine.says('{"msg":"worker started"}');
    const { code } = await switchTo(machine.stores("the next worker crashes"));
    expect(code).to.equal(1);
  });
});
