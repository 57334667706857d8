import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteBucketPolicyCommand } from "@aws-sdk/client-s3";
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
    expect(early.code, early.text).to.equal(6);
    expect(early.text).to.include("Nothing of file-search dev is deployed yet");

    const begun = await stage.adopt("--yes");
    expect(begun.code, begun.text).to.equal(0);
    for (const said of [
      ...["delaySeconds 5 → 0", "tag team files → (none)", "adds DenyWithoutTls", "keeps Partner"],
      ...["keeps archive", "keeps PartnerRead", "keeps AllowSender1", "keeps unfinished-uploads"],
      ...["keeps reports instead of the program's own", "created by the second update"],
      ...["imports 7 resources", "ops adopt dev file-search --finish", "--refresh"],
    ]) {
      expect(begun.text).to.include(said);
    }
    const adopted = stage.config("adopt") as string[];
    expect(adopted).to.include.members([
      ...["files-queue", "uploads", "uploads-policy", "uploads-lifecycle", "uploads-to-files"],
    ]);
    expect(adopted).not.to.include("files-dlq");
    expect(adopted).not.to.include("uploads-versioning");
    expect(statSync(backup()).mode & 0o777).to.equal(0o600);

    const first = await stage.run("up", "--yes");
    expect(first.code, first.text).to.equal(0);
    expect(await stage.everything()).to.deep.equal(before);
    const again = await stage.adopt("--yes");
    expect(again.code, again.text).to.equal(2);
    expect(again.text).to.include("all of it is imported").and.include("--finish");

    // Without what is foreign, the second update would remove it.
    stage.configure("adopt", undefined);
    const refused = await stage.run("preview");
    expect(refused.code, refused.text).to.equal(1);
    // Whichever of them the engine comes to first.
    expect(refused.text).to.match(
      /"(uploads|files)-\S+" would lose, or get in another form, what this program did not put there: (archive, unfinished|Partner|PartnerRead|others, others-too, reports)/,
    );
    expect(refused.text).to.include("ops adopt").and.include("Nothing was changed");

    // Meanwhile somebody adds something.
    await stage.addRule({ ID: "late", Status: "Enabled", Filter: {}, Expiration: { Days: 800 } });
    const changed = await stage.everything();
    stage.configure("adopt", adopted);
    const finished = await stage.adopt("--finish", "--yes");
    expect(finished.code, finished.text).to.equal(0);
    expect(finished.text).to.include(
      "uploads-to-files/reports is kept instead of the program's own",
    );
    const second = await stage.run("up", "--refresh", "--yes");
    expect(second.code, second.text).to.equal(0);
    const after = await stage.everything();
    expect(after.policy.Statement).to.deep.include.members(before.policy.Statement);
    expect(after.policy.Statement).to.have.length(before.policy.Statement.length + 1);
    expect(after.rules).to.deep.include.members(changed.rules ?? []);
    expect(after.rules).to.have.length((changed.rules ?? []).length + 1);
    // The program's own notification gives way to the one to the same queue.
    expect(after.notifications).to.deep.equal(before.notifications);
    expect(statements(after.queue.Policy)).to.deep.include.members(statements(before.queue.Policy));
    expect(statements(after.queue.Policy)).to.have.length(5);
    expect(after.versioning).to.equal("Enabled");
    expect(after.queue).to.include({ DelaySeconds: "0", VisibilityTimeout: "900" });
    const unchanged = await stage.run("preview", "--expect-no-changes");
    expect(unchanged.code, unchanged.text).to.equal(0);
  });

  it("neither removes nor changes what a person adds or changes later, until configuration says so", async () => {
    await stage.addRule({
      ...{ ID: "archive", Status: "Enabled", Filter: { Prefix: "old/" } },
      Expiration: { Days: 3650 },
    });
    // As the program would write it, if it had versions that expire.
    await stage.addRule({
      ...{ ID: "old-versions", Status: "Enabled", Filter: { Prefix: "" } },
      NoncurrentVersionExpiration: { NoncurrentDays: 90 },
    });
    const changed = await stage.everything();
    const refused = await stage.run("up", "--refresh", "--yes");
    expect(refused.code, refused.text).to.equal(1);
    expect(refused.text).to.include(
      '"uploads-lifecycle" would lose, or get in another form, what this program did not put there: archive, old-versions',
    );
    expect(await stage.everything()).to.deep.equal(changed);
    const taken = await stage.adopt("--finish", "--yes");
    expect(taken.code, taken.text).to.equal(0);
    expect(taken.text).to.include("Not there in this form any more");
    const updated = await stage.run("up", "--refresh", "--yes");
    expect(updated.code, updated.text).to.equal(0);
    expect((await stage.everything()).rules).to.have.deep.members(changed.rules ?? []);
    const again = await stage.adopt("--finish", "--yes");
    expect(again.text).to.include("Nothing was changed.");

    stage.configure("kept", undefined);
    const lost = await stage.run("preview");
    expect(lost.code, lost.text).to.equal(1);
    expect(lost.text).to.include("what this program did not put there");
  });

  it("puts everything back", async () => {
    const before = stage.byHand;
    const restored = await stage.adopt("--restore", "--yes");
    expect(restored.code, restored.text).to.equal(0);
    // S3 cannot forget that there were versions.
    expect(await stage.everything()).to.deep.equal({ ...before, versioning: "Suspended" });
    // What did not exist as a whole belongs to the program: it is left, and not named.
    expect(restored.text).to.include("uploads-policy").and.not.include("files-dlq");
    expect(restored.text).not.to.include("scripts");
  });

  it("looks again when something has gone before it was imported, and deletes nothing that is not imported any more", async () => {
    const other = await AdoptionStage.create();
    try {
      await other.createByHand();
      expect((await other.adopt("--yes")).code).to.equal(0);
      const file = join(other.folder, "systems/file-search/adopt-dev.json");
      const { at } = JSON.parse(readFileSync(file, "utf8")) as { at: string };
      const { bucket: Bucket } = other.names;
      await other.s3.send(new DeleteBucketPolicyCommand({ Bucket }));
      const again = await other.adopt("--yes");
      expect(again.code, again.text).to.equal(0);
      expect(other.config("adopt"))
        .to.include("uploads-lifecycle")
        .and.not.include("uploads-policy");
      expect(again.text).to.include(`adopt-dev-${at.replaceAll(":", "-")}.json now`);
      const { rules } = await other.everything();
      const imported = await other.run("up", "--yes");
      expect(imported.code, imported.text).to.equal(0);

      const shorter = (other.config("adopt") as string[]).filter(
        (name) => name !== "uploads-lifecycle",
      );
      other.configure("adopt", shorter);
      const released = await other.run("up", "--yes");
      expect(released.code, released.text).to.equal(0);
      expect((await other.everything()).rules).to.deep.equal(rules);

      // What is there and not imported would be overwritten when it is created.
      const refused = await other.adopt("--finish", "--yes");
      expect(refused.code, refused.text).to.equal(1);
      expect(refused.text).to.include("Not imported, but there: uploads-lifecycle.");
      const taken = await other.adopt("--yes");
      expect(taken.code, taken.text).to.equal(0);
      expect(other.config("adopt")).to.have.members([...shorter, "uploads-lifecycle"]);
      other.configure("adopt", "uploads");
      const text = await other.adopt("--finish", "--yes");
      expect(text.code, text.text).to.equal(2);
      expect(text.text).to.include('is "uploads"; it must be a list of names');
    } finally {
      other.close();
    }
  });

  it("does not begin over another backup, with a damaged one, or when the preview fails", async () => {
    const other = await AdoptionStage.create();
    try {
      await other.sqs.send(new CreateQueueCommand({ QueueName: other.names.queue }));
      const file = join(other.folder, "saved.json");
      writeFileSync(file, "{}");
      const dry = await other.adopt("--dry-run", "--json");
      expect(dry.code, dry.text).to.equal(0);
      expect((JSON.parse(dry.stdout) as { adopt: string[] }).adopt).to.deep.equal(["files-queue"]);
      expect(other.config("adopt")).to.equal(undefined);
      const refused = await other.adopt("--yes", "--json", "--backup", file);
      expect(refused.code, refused.text).to.equal(2);
      expect((JSON.parse(refused.stdout) as { error: string }).error).to.include(
        `${file} is no backup of \`ops adopt\`, or it is damaged`,
      );
      expect(other.config("adopt")).to.equal(undefined);
      const damaged = await other.adopt("--restore", "--yes", "--backup", file);
      expect(damaged.code).to.equal(2);
      expect(damaged.text).to.include("damaged").and.include("environment");
      const nowhere = await other.adopt("--yes", "--backup", join(other.folder, "no/such.json"));
      expect(nowhere.code).to.equal(2);
      expect(nowhere.text).to.include("There is no folder");
      const contrary = await other.adopt("--restore", "--finish", "--region", "us-east-1");
      expect(contrary.code).to.equal(2);
      expect(contrary.text).to.include("contradict").and.include("leave out --region");
      // A configuration that the program refuses.
      other.configure("maxReceiveCount", 0);
      const failing = await other.adopt("--yes");
      expect(failing.code).not.to.equal(0);
      expect(failing.text).to.include("maxReceiveCount");
      expect(existsSync(join(other.folder, "systems/file-search/adopt-dev.json"))).to.equal(false);
    } finally {
      other.close();
    }
  });
});

const statements = (policy: string | undefined) =>
  (JSON.parse(policy ?? "{}") as { Statement: { Sid?: string }[] }).Statement;
