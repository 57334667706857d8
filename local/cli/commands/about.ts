import type { Command } from "commander";
import { cloudStatus } from "../../cloud/status";
import { localHome, packageRoot } from "../../process/home";
import { version } from "../../package.json";
import { stateFolder } from "../workspace";

/** Versions of the packages that decide what happens. */
const packages = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/policy"];

export function addAbout(program: Command): void {
  program
    .command("about")
    .description("Versions and folders, for a report of a fault")
    .option("--json", "answer with JSON")
    .action(({ json = false }: { json?: boolean }) => {
      const home = localHome();
      const about = {
        "pulumi-local": version,
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
        home,
        state: `file://${stateFolder(home)}`,
        cloud: cloudStatus(home).running ? "runs" : "does not run",
      };
      const lines = Object.entries(about).map(([name, value]) => `${name.padEnd(16)}${value}`);
      process.stdout.write(json ? `${JSON.stringify(about, null, 2)}\n` : `${lines.join("\n")}\n`);
    });
}

function versionOf(name: string): string {
  const file = require.resolve(`${name}/package.json`, { paths: [packageRoot] });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a name that is known only here
  return (require(file) as { version: string }).version;
}
