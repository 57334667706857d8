import { join } from "node:path";
import { ensurePython } from "../../local/cloud/python";

/** The folder with the real `aws` command line, which is installed on first use. */
export const awsCli = (): Promise<string> =>
  ensurePython(undefined, {
    folder: "aws-cli",
    requirements: join(__dirname, "requirements.txt"),
    title: "the aws command line",
  });
