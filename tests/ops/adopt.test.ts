import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { AdoptionStage } from "./adoption-stage";

describe("adopting the queues and buckets of a system", function () {
  this.timeout(300_000);
  let stage: AdoptionStage;
  before(async () => {
    stage = await AdoptionStage.create();
  });
  after(() => stage.close());

  const backup = () => join(stage.folder, "systems/file-search/adopt-dev.json");

  it("says where it looked when nothing exists, and changes nothing", async () => {
    const nothing = await stage.adopt("--yes");
    expect(nothing.code, nothing.text).to.equal(0);
    expect(nothing.text)
      .to.include(`None of these exists in account ${stage.account.accountId}, region`)
      .and.include("--region");
    expect(existsSync(backup())).to.equal(false);
    expect(stage.config("adopt")).to.equal(undefined);
  });

  it("imports exactly what exists, changes nothing of it, keeps what is foreign, and can be undone", async () => {
    await stage.createByHand();
    const before = await stage.everything();
    const early = await stage.adopt("--finish", "--yes");
    expect(early.code).to.equal(2);
    expect(early.text).to.include("nothing is being adopted");

    const dry = await stage.adopt("--dry-run");
    expect(dry.code, dry.text).to.equal(0);
    expect(dry.text).to.match(
      /files-queue .*yes .*delaySeconds 5 → 0.*adds DenyWithoutTls.*keeps Partner/,
    );
    for (const said of [
      "keeps archive",
      "keeps PartnerRead",
      "tag team files → (none)",
      "keeps AllowSender1 (without its name, beside the program's own)",
      "keeps DenyWithoutTls (without its name, beside the program's own)",
      "keeps unfinished-uploads instead of the program's own",
      "keeps reports instead of the program's own",
      "Nothing was changed.",
    ]) {
      expect(dry.text).to.include(said);
    }
    expect(stage.config("adopt")).to.equal(undefined);

    const begun = await stage.adopt("--yes", "--json");
    expect(begun.code, begun.text).to.equal(0);
    const adopted = stage.config("adopt") as string[];
    expect((JSON.parse(begun.stdout) as { adopt: string[] }).adopt).to.deep.equal(adopted);
    expect(adopted).to.include.members([
      ...["files-queue", "uploads", "uploads-policy", "uploads-lifecycle", "uploads-to-files"],
    ]);
    expect(adopted).not.to.include("files-dlq");
    expect(adopted).not.to.include("uploads-versioning");
    expect(statSync(backup()).mode & 0o777).to.equal(0o600);
    const again = await stage.adopt("--yes");
    expect(again.code).to.equal(2);
    expect(again.text).to.include("file-search:adopt is set already");

    const tooEarly = await stage.adopt("--finish", "--yes");
    expect(tooEarly.code).to.equal(1);
    expect(stage.config("adopt")).to.deep.equal(adopted);

    const first = await stage.run("up", "--yes");
    expect(first.code, first.text).to.equal(0);
    expect(await stage.everything()).to.deep.equal(before);

    // Without the backup's list of what is foreign, the second update would remove it.
    await stage.run("config", "rm", "file-search:adopt");
    const refused = await stage.run("preview");
    expect(refused.code, refused.text).to.equal(1);
    // Whichever of them the engine comes to first.
    expect(refused.text).to.match(
      /"(uploads|files)-\S+" would lose what this program did not put there: (archive, unfinished-uploads|Partner|PartnerRead|others, others-too, reports)/,
    );
    expect(refused.text).to.include("ops adopt --finish").and.include("Nothing was changed");

    await stage.run("config", "set", "--path", "file-search:adopt[0]", "uploads");
    const finished = await stage.adopt("--finish", "--yes");
    expect(finished.code, finished.text).to.equal(0);
    expect(finished.text).to.include(
      "uploads-to-files/reports is kept instead of the program's own",
    );
    const second = await stage.run("up", "--yes");
    expect(second.code, second.text).to.equal(0);
    const after = await stage.everything();
    expect(after.policy.Statement).to.deep.include.members(
      withoutSids(before.policy.Statement, "DenyWithoutTls"),
    );
    expect(after.policy.Statement.map(({ Sid }) => Sid)).to.have.members([
      ...["DenyWithoutTls", "PartnerRead", undefined, undefined],
    ]);
    // The program's own rule and notification give way to those of the same id and the same queue.
    expect(after.rules).to.have.deep.members(before.rules ?? []);
    expect(after.notifications).to.deep.equal(before.notifications);
    const statements = (policy: string | undefined) =>
      (JSON.parse(policy ?? "{}") as { Statement: { Sid?: string }[] }).Statement;
    expect(statements(after.queue.Policy)).to.deep.include.members(
      withoutSids(statements(before.queue.Policy), "AllowSender1"),
    );
    expect(statements(after.queue.Policy).map(({ Sid }) => Sid)).to.have.members([
      ...["DenyWithoutTls", "AllowSender1", "Partner", undefined, undefined],
    ]);
    expect(after.versioning).to.equal("Enabled");
    expect(after.queue).to.include({ DelaySeconds: "0", VisibilityTimeout: "900" });
    const unchanged = await stage.run("preview", "--expect-no-changes");
    expect(unchanged.code, unchanged.text).to.equal(0);
    const nothing = await stage.adopt("--yes");
    expect(nothing.code, nothing.text).to.equal(0);
    expect(nothing.text).to.include("in the stack already");

    // What a person adds later is not removed either, although the program's own statement is there.
    await stage.run("config", "rm", "file-search:kept");
    const lost = await stage.run("preview");
    expect(lost.code, lost.text).to.equal(1);
    expect(lost.text).to.include("would lose what this program did not put there");

    const restored = await stage.adopt("--restore", "--yes");
    expect(restored.code, restored.text).to.equal(0);
    // S3 cannot forget that there were versions.
    expect(await stage.everything()).to.deep.equal({ ...before, versioning: "Suspended" });
    // What did not exist as a whole belongs to the program: it is left, and not named.
    expect(restored.text).to.include("uploads-policy").and.not.include("files-dlq");
    expect(restored.text).not.to.include("scripts");
  });

  it("does not begin over another backup, with a damaged one, or when the preview fails", async () => {
    const other = await AdoptionStage.create();
    try {
      await other.sqs.send(new CreateQueueCommand({ QueueName: other.names.queue }));
      const file = join(other.folder, "saved.json");
      writeFileSync(file, "{}");
      const refused = await other.adopt("--yes", "--json", "--backup", file);
      expect(refused.code, refused.text).to.equal(2);
      expect((JSON.parse(refused.stdout) as { error: string }).error).to.include(
        `${file} exists. It may be the only copy`,
      );
      expect(other.config("adopt")).to.equal(undefined);
      const damaged = await other.adopt("--restore", "--yes", "--backup", file);
      expect(damaged.code).to.equal(2);
      expect(damaged.text).to.include("damaged").and.include("environment");
      // A configuration that the program refuses.
      await other.run("config", "set", "file-search:maxReceiveCount", "0");
      const failing = await other.adopt("--yes");
      expect(failing.code).not.to.equal(0);
      expect(failing.text).to.include("maxReceiveCount");
      expect(existsSync(join(other.folder, "systems/file-search/adopt-dev.json"))).to.equal(false);
    } finally {
      other.close();
    }
  });
});

const withoutSids = <Statement extends { Sid?: string }>(all: Statement[], sid: string): object[] =>
  all.map(({ Sid, ...rest }) => (Sid === sid || Sid === undefined ? rest : { Sid, ...rest }));
