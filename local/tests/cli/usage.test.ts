import { expect } from "chai";
import { start } from "../../../tests/support/run-cli";
import { trials } from "../support/trial";

describe("pulumi-local, used wrongly", function () {
  this.timeout(120_000);
  const trial = trials();

  it("answers in JSON when the command line itself is wrong", async () => {
    const { environment } = await trial();
    const { code, stdout } = await start(environment, "preview", "--json").done;
    expect(code).to.equal(2);
    const answer = JSON.parse(stdout) as { ok: boolean; exitCode: number; error: string };
    expect(answer).to.deep.include({ ok: false, exitCode: 2 });
    expect(answer.error).to.include("--stack <name>");
  });

  it("has different exit codes for an unknown stack, an unknown command and a cloud that does not run", async () => {
    const { program, environment } = await trial();
    const unknown = await start(environment, "preview", "-s", "nope", "-C", program.folder).done;
    expect(unknown.code).to.equal(6);
    expect(unknown.stderr).to.include('has no stack "nope"; it has dev');
    expect((await start(environment, "upp").done).code).to.equal(2);
    const elsewhere = { ...environment, AWS_ENDPOINT_URL: undefined };
    const without = await start(elsewhere, "preview", "-s", "dev", "-C", program.folder).done;
    expect(without.code).to.equal(1);
    expect(without.stderr).to.include("node_modules/.bin/pulumi-local cloud start");
    const real = { ...environment, AWS_ENDPOINT_URL: "https://sqs.ap-northeast-1.amazonaws.com" };
    const refused = await start(real, "preview", "-s", "dev", "-C", program.folder).done;
    expect(refused.stderr).to.include("is not on this machine");
  });
});
