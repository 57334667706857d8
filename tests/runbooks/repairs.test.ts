import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { DeleteObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { stringify } from "yaml";
import { buildBundle } from "../../components/bundle";
import { bundleKey } from "../../contracts/release";
import { embeddedCloud, type TestAccount } from "../support/cloud";
import { environmentWithout, start } from "../support/run-cli";

const root = resolve(__dirname, "../..");

/** What message-delete-failed.md, worker-silent.md and launch-stuck.md say. */
describe("the repairs of the runbooks", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "queuefleet-repairs-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let account: TestAccount;
  let key: string;

  const run = async (...parameters: string[]) => {
    const { code, stdout, stderr } = await start(
      {
        ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
        ...account.environment(),
        PULUMI_LOCAL_HOME: join(folder, "home"),
        NO_COLOR: "1",
      },
      ...parameters,
      ...["-s", "dev", "-C", folder],
    ).done;
    expect(code, stdout + stderr).to.equal(0);
  };

  before(async () => {
    account = (await embeddedCloud()).account();
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      stringify({
        name: "guarded-fleet",
        runtime: "nodejs",
        main: join(root, "tests/fixtures/programs/guarded-fleet"),
      }),
    );
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const entry = join(folder, "worker.ts");
    writeFileSync(entry, "console.log(1);");
    const config = { "aws:region": "ap-northeast-1", "guarded-fleet:entry": entry };
    writeFileSync(join(folder, "Pulumi.dev.yaml"), stringify({ config }));
    key = bundleKey(buildBundle(entry, folder).sha256);
    await run("up", "--yes", "--skip-preview");
  });

  it("restore a right that was taken from the workers, and not without --refresh", async () => {
    const iam = new IAMClient(account.clientConfig());
    const policy = { RoleName: "shop-worker", PolicyName: "worker" };
    const document = async () =>
      decodeURIComponent((await iam.send(new GetRolePolicyCommand(policy))).PolicyDocument ?? "");
    const before = await document();
    expect(before).to.include("sqs:DeleteMessage");
    const PolicyDocument = before.replace('"sqs:DeleteMessage",', "");
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument }));
    await run("up", "--yes");
    expect(await document()).not.to.include("sqs:DeleteMessage");
    await run("up", "--yes", "--refresh");
    expect(await document()).to.include("sqs:DeleteMessage");
  });

  it("upload a bundle again that was deleted, and not without --refresh", async () => {
    const s3 = new S3Client({ ...account.clientConfig(), forcePathStyle: true });
    const object = { Bucket: `shop-scripts-${account.accountId}`, Key: key };
    const isThere = () =>
      s3.send(new HeadObjectCommand(object)).then(
        () => true,
        () => false,
      );
    await s3.send(new DeleteObjectCommand(object));
    await run("up", "--yes");
    expect(await isThere()).to.equal(false);
    await run("up", "--yes", "--refresh");
    expect(await isThere()).to.equal(true);
  });
});
