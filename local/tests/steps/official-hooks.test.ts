import { expect } from "chai";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectSame } from "../parity/differences";
import { comparableState } from "../support/comparable-state";
import { officialPulumi, ShopProject } from "../support/shop-project";

type Operate = (what: "preview" | "up" | "destroy") => Promise<string>;

describe("engine: hooks, beside the official one", function () {
  this.timeout(300_000);
  let shop: ShopProject;

  before(function () {
    if (officialPulumi() === undefined) {
      console.log("    (no pulumi on the PATH: the comparison of hooks did not run)");
      this.skip();
    }
    shop = new ShopProject("hooks");
    mkdirSync(join(shop.home, "state"), { recursive: true });
  });
  after(() => shop?.remove());

  const embedded: Operate = async (what) => {
    const kind = what === "destroy" ? "destroy" : "update";
    const { events } = await shop.run({ kind, dryRun: what === "preview" });
    return events.map((event) => (event.type === "diagnostic" ? event.message : "")).join("\n");
  };
  const official: Operate = (what) => {
    const flags = what === "preview" ? [] : ["--yes", "--skip-preview"];
    try {
      return Promise.resolve(shop.official(what, ...flags));
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return Promise.resolve(stdout + stderr);
    }
  };
  const choose = (...files: string[]) => {
    for (const file of ["later", "broken"]) rmSync(join(shop.program, file), { force: true });
    for (const file of files) writeFileSync(join(shop.program, file), "");
  };

  /** What the hooks were told, by resource: the order of what does not depend on each other is nobody's. */
  const told = () => {
    const calls: Record<string, unknown[]> = {};
    for (const [moment, args] of shop.hookCalls()) {
      const text = JSON.stringify(args).replaceAll(/-\d+-\d+\b/g, "-(id)");
      (calls[args.name] ??= []).push([moment, JSON.parse(text)]);
    }
    return calls;
  };

  const messages = [
    'AfterCreate hook "unheard" failed: nobody minds',
    "retrying create due to on-error hook request (1/100)",
    "Resource has delete hooks registered, but the program is not running. Hooks: before delete, after delete",
    'hook "before delete" was not registered',
  ];

  /** A life of the stack: what its hooks were told, the states that it went through, and what was said. */
  const live = async (operate: Operate) => {
    const calls: unknown[] = [];
    const states: unknown[] = [];
    let said = "";
    const act = async (what: Parameters<Operate>[0], ...files: string[]) => {
      choose(...files);
      said += await operate(what);
      calls.push(told());
      if (what !== "preview") states.push(comparableState(shop.state()));
    };
    await act("preview");
    await act("up");
    await act("preview", "later");
    await act("up", "later");
    await act("up", "later", "broken");
    await act("destroy", "later");
    writeFileSync(join(shop.program, "index.ts"), "");
    await act("preview");
    const { version, features } = shop.checkpoint();
    const reported = messages.filter((message) => said.includes(message));
    return { calls, states, version, features, reported };
  };

  it("run in the same order, get the same arguments, and leave the same state", async () => {
    const program = join(shop.program, "index.ts");
    const source = readFileSync(program);
    shop.official("stack", "init", "dev");
    shop.official("config", "set", "--secret", "password", "hunter2");
    const theirs = await live(official);
    expect(theirs.reported).to.deep.equal(messages);
    shop.forget();
    mkdirSync(join(shop.home, "state"), { recursive: true });
    writeFileSync(program, source);
    const ours = await live(embedded);
    expectSame(ours, theirs);
  });
});
