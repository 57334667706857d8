import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleVariables } from "../../contracts/machine";
import type { BundleLocation } from "./fetch-bundle";
import { bundleOf, parseEnvironmentFile } from "./user-data";

/** The environment file of a machine. User data writes it at the first boot; later, only a command changes it. */
export class EnvironmentFile {
  private readonly path: string;

  constructor(
    folder: string,
    private readonly initial: string,
  ) {
    this.path = join(folder, "worker.env");
  }

  async variables(): Promise<Record<string, string>> {
    return parseEnvironmentFile(await this.text());
  }

  async bundle(): Promise<BundleLocation> {
    return bundleOf(await this.variables());
  }

  async setBundle({ key, sha256 }: Pick<BundleLocation, "key" | "sha256">): Promise<void> {
    const values: Record<string, string> = {
      [bundleVariables.key]: key,
      [bundleVariables.sha256]: sha256,
    };
    const lines = (await this.text()).split("\n").map((line) => {
      const name = line.slice(0, line.indexOf("="));
      return values[name] === undefined ? line : `${name}=${values[name]}`;
    });
    const beside = `${this.path}.new`;
    await writeFile(beside, lines.join("\n"));
    await rename(beside, this.path);
  }

  private async text(): Promise<string> {
    return readFile(this.path, "utf8").catch(() => this.initial);
  }
}
