import { SSM } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { ContainerCommand } from "../../../components/health/restart/container-command";
import { HistoryTable } from "../../../components/health/restart/history-table";
import { createRestarts } from "../../../components/health/restart/restarts";
import { ApiHost } from "../../support/api-host";
import { embeddedCloud, type TestAccount } from "../../support/cloud";
import { createStateTable } from "../../support/state-table";
import { buildAutoRestart } from "./auto-restart-fixture";

const tag = { Key: "Role", Value: "shop-apis" };
const host = { tagKey: tag.Key, tagValue: tag.Value };
const document = "shop-api-restart-restart-container";

describe("the command that restarts a container", () => {
  let account: TestAccount;
  let ssm: SSM;
  let command: ContainerCommand;

  before(async () => {
    account = (await embeddedCloud()).account();
    ssm = new SSM(account.clientConfig());
    const { named } = await buildAutoRestart();
    const { content } = named("restart-document").inputs as { content: string };
    await ssm.createDocument({ Name: document, Content: content, DocumentType: "Command" });
    command = new ContainerCommand(ssm, document, host);
  });
  after(() => ssm.destroy());

  it("ends with the reason when no instance has the tag", async () => {
    const outcome = await command.outcomeOf(await command.send("behavior-api"));
    expect(outcome?.ok).to.equal(false);
    expect(outcome?.text).to.include("no instance with the tag Role=shop-apis is known");
  });

  it("is refused for a container that the document does not know", async () => {
    expect(await command.send("database").catch(String)).to.include("not allowed");
  });

  describe("on a host", () => {
    let apis: ApiHost;
    before(async () => {
      apis = await ApiHost.start(account, tag);
      await ApiHost.start(account, { Key: "Role", Value: "another" });
    });

    it("runs on the instances with the tag only, and its outcome is known when it has ended", async () => {
      const commandId = await command.send("behavior-api");
      expect(await command.outcomeOf(commandId)).to.equal(undefined);
      const ran = await apis.run(() => ({ exitCode: 0, stdout: "behavior-api is up\n" }));
      expect(ran.map(({ parameters }) => parameters)).to.deep.equal([
        { container: ["behavior-api"] },
      ]);
      expect(await command.outcomeOf(commandId)).to.deep.equal({
        ok: true,
        text: `Success on ${apis.instanceId}: behavior-api is up`,
      });
    });

    it("fails with what the host wrote", async () => {
      const commandId = await command.send("behavior-api");
      await apis.run(() => ({ exitCode: 1, stderr: "behavior-api does not stay up\n" }));
      expect(await command.outcomeOf(commandId)).to.deep.equal({
        ok: false,
        text: `Failed on ${apis.instanceId}: behavior-api does not stay up`,
      });
    });

    it("is sent once by several calls at the same time, whose history is in the state table", async () => {
      const { client, tableName } = await createStateTable();
      const histories = new HistoryTable(client, tableName);
      const call = createRestarts({
        apis: { behavior: { alarm: "work-path", container: "behavior-api" } },
        limits: { cooldownMinutes: 10, tries: 3, windowHours: 6 },
        histories,
        alarmStates: () => Promise.resolve({ "work-path": "ALARM" }),
        ask: () => Promise.resolve({ ok: false, milliseconds: 1 }),
        restart: (container) => command.send(container),
        outcomeOf: (commandId) => command.outcomeOf(commandId),
        publish: () => Promise.resolve(),
        log: () => undefined,
        now: () => new Date(),
      });
      await Promise.all(Array.from({ length: 8 }, () => call()));
      const ran = await apis.run(() => ({ exitCode: 0 }));
      expect(ran).to.have.length(1);
      await call();
      const { history } = await histories.read("behavior");
      expect(history.tries).to.have.length(1);
      expect(history.tries[0]).to.deep.include({
        commandId: ran[0]?.commandId,
        outcome: { ok: true, text: `Success on ${apis.instanceId}` },
      });
      client.destroy();
    });
  });
});
