import { expect } from "chai";
import { pipProgress } from "../../cloud/pip-progress";

describe("progress of the installation of the cloud", () => {
  it("has a line with the size for each package, downloaded or cached", () => {
    const lines: string[] = [];
    const read = pipProgress((line) => lines.push(line));
    [
      "Collecting botocore==1.43.106 (from -r requirements.txt (line 4))",
      "  Downloading botocore-1.43.106-py3-none-any.whl (16.0 MB)",
      "Collecting jsonata-python==0.7.1 (from -r requirements.txt (line 34))",
      "  Using cached jsonata_python-0.7.1-py3-none-any.whl (87 kB)",
      "Installing collected packages: botocore, jsonata-python",
      "Successfully installed botocore-1.43.106 jsonata-python-0.7.1",
    ].forEach(read);
    expect(lines).to.deep.equal([
      "  package 1: botocore 1.43.106, 16.0 MB",
      "  package 2: jsonata_python 0.7.1, 87 kB",
      "  unpacking 2 packages",
    ]);
  });
});
