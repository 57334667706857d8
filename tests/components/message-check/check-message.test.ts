import { expect } from "chai";
import {
  checkMessage,
  type Effects,
} from "../../../components/message-check/function/message-check";
import type { MessageCheckRequest } from "../../../contracts/message-check";

const request: MessageCheckRequest = {
  functionName: "shop-orders-worker",
  version: "7",
  mappingUuid: "mapping",
  queueUrl: "https://sqs.example.com/orders",
  waitSeconds: 120,
  rollBack: true,
};

/** A cloud in which `receiver` answers who receives the n-th test message. Its clock moves when the check waits. */
function cloud(over: {
  alias?: string;
  states?: string[];
  receiver?: (sent: number) => string | undefined;
  verified?: string;
}) {
  let now = 0;
  const states = [...(over.states ?? ["Enabled"])];
  const cloud = {
    alias: over.alias ?? "7",
    verified: over.verified,
    sent: [] as string[],
    get now() {
      return now;
    },
  };
  const effects: Effects = {
    aliasVersion: () => Promise.resolve(cloud.alias),
    moveAlias: (_name, version) => {
      cloud.alias = version;
      return Promise.resolve();
    },
    mappingState: () => Promise.resolve((states.length > 1 ? states.shift() : states[0]) ?? ""),
    send: (_url, id) => {
      cloud.sent.push(id);
      return Promise.resolve();
    },
    receivedBy: (id) => Promise.resolve(over.receiver?.(cloud.sent.indexOf(id) + 1)),
    lastVerified: () => Promise.resolve(cloud.verified),
    remember: (_name, version) => {
      cloud.verified = version;
      return Promise.resolve();
    },
    wait: (ms) => {
      now += ms;
      return Promise.resolve();
    },
    now: () => now,
    newId: () => `check-${cloud.sent.length + 1}`,
  };
  return { cloud, effects };
}

const message = (result: Promise<unknown>) =>
  result.then(
    (answer) => `answered ${JSON.stringify(answer)}`,
    (error: unknown) => (error as Error).message,
  );

describe("checkMessage", () => {
  it("passes when the version receives the message, and remembers the version", async () => {
    const { cloud: state, effects } = cloud({ receiver: () => "7", verified: "6" });
    expect(await checkMessage(request, effects)).to.deep.equal({ outcome: "received" });
    expect(state.verified).to.equal("7");
  });

  it("takes the alias back to the last version that passed", async () => {
    const { cloud: state, effects } = cloud({ receiver: () => undefined, verified: "5" });
    expect(await message(checkMessage(request, effects)))
      .to.include("Version 7 of shop-orders-worker did not receive a test message within 120 s")
      .and.include("back at version 5");
    expect(state.alias).to.equal("5");
    expect(state.now).to.be.within(120_000, 121_000);
  });

  it("leaves the alias when no version passed before, or when it is not asked to move it", async () => {
    const first = cloud({ receiver: () => undefined });
    expect(await message(checkMessage(request, first.effects))).to.include(
      "still points to it, because no version passed",
    );
    const asked = cloud({ receiver: () => undefined, verified: "5" });
    await message(checkMessage({ ...request, rollBack: false }, asked.effects));
    expect([first.cloud.alias, asked.cloud.alias]).to.deep.equal(["7", "7"]);
  });

  it("does not pass against another version than the alias should have", async () => {
    const { cloud: state, effects } = cloud({ alias: "6", receiver: () => "6" });
    expect(await message(checkMessage(request, effects)))
      .to.include("points to version 6, not 7")
      .and.include('"pulumi up --refresh"');
    expect(state.sent).to.deep.equal([]);
  });

  it("sends again when the former version received the first message", async () => {
    const { cloud: state, effects } = cloud({ receiver: (sent) => (sent === 1 ? "6" : "7") });
    expect(await checkMessage(request, effects)).to.deep.equal({ outcome: "received" });
    expect(state.sent).to.have.length(2);
  });

  it("waits until AWS has enabled the mapping, and sends nothing while it is paused", async () => {
    const enabling = cloud({ states: ["Creating", "Enabling", "Enabled"], receiver: () => "7" });
    expect(await checkMessage(request, enabling.effects)).to.deep.equal({ outcome: "received" });
    const paused = cloud({ states: ["Disabling", "Disabled"] });
    expect(await checkMessage(request, paused.effects)).to.deep.equal({ outcome: "paused" });
    expect(paused.cloud.sent).to.deep.equal([]);
    const stuck = cloud({ states: ["Creating"] });
    expect(await message(checkMessage(request, stuck.effects))).to.include(
      "is still Creating after 120 s",
    );
  });
});
