import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { blocksOf, runbooks, section, textOf } from "./runbook";

const root = resolve(__dirname, "../..");

describe("every runbook", () => {
  for (const runbook of runbooks) {
    it(`${runbook} has its parts, and the same way to the names`, () => {
      const headings = [...textOf(runbook).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      expect(headings).to.deep.equal(["What it means", "Names", "Look here", "Do this"]);
      const names = (name: string) => section(name, "Names").replace(/SYSTEM=\S+/, "SYSTEM=…");
      expect(names(runbook)).to.equal(names(String(runbooks[0])));
    });

    it(`${runbook} says of every command whether it runs with the embedded cloud too`, () => {
      for (const { info } of blocksOf(runbook)) expect(info).to.be.oneOf(["sh", "sh aws-only"]);
      const prose = textOf(runbook).replaceAll(/^ *```[^]*?^ *```$/gm, "");
      const inline = [...prose.matchAll(/`((?:aws|pulumi|npx ops) [a-z][^`]*)`/g)].map(
        ([, text]) => text,
      );
      expect(inline.filter((text) => text !== "pulumi up")).to.deep.equal([]);
      if (blocksOf(runbook).some(({ info }) => info === "sh aws-only")) {
        expect(prose).to.include("AWS only");
      }
    });
  }

  it("searches logs for what is written there", () => {
    const sources = ["worker", "components"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => readFileSync(join(root, folder, file), "utf8")),
    );
    const written = sources.join("\n");
    const searched = runbooks
      .flatMap(blocksOf)
      .flatMap(({ text }) => [...text.matchAll(/--filter-pattern '([^']*)'/g)])
      .flatMap(([, pattern = ""]) => [...pattern.matchAll(/"([a-z ]+)"/g)])
      .map(([, words = ""]) => words);
    expect(searched).to.include("cannot be used");
    // Lambda's own words for a call that took too long.
    const byLambda = ["timed out"];
    for (const words of searched)
      if (!byLambda.includes(words)) expect(written, words).to.include(words);
  });
});
