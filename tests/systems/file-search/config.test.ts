import { expect } from "chai";
import { configKeys, parseConfig } from "../../../systems/file-search/config";
import { projectConfigKeys, stackConfig } from "../../support/system-config";

const good = () => {
  const text = stackConfig("file-search", "dev");
  return Object.fromEntries(
    configKeys.map((key) => {
      const value = text[`file-search:${key}`];
      try {
        return [key, JSON.parse(value ?? "null") as unknown];
      } catch {
        return [key, value];
      }
    }),
  );
};

const region = "ap-northeast-1";

describe("the configuration of file-search", () => {
  it("is declared key by key in Pulumi.yaml", () => {
    expect(projectConfigKeys("file-search")).to.have.members(configKeys);
  });

  it("is accepted as the dev stack has it", () => {
    expect(parseConfig(good(), region, "dev")).to.deep.include({
      visibilityTimeoutSeconds: 900,
      egressPorts: [443, 5432],
      protect: false,
    });
  });

  it("names every fault at once, with key, value, rule and fix", () => {
    const wrong = {
      ...good(),
      visibilityTimeoutSeconds: 800,
      maxReceiveCount: 0,
      criticalEmails: ["nobody"],
      databaseUrlParameter: undefined,
      runbookBaseUrl: "http://wiki",
      language: "fr",
      owner: "R&D",
      machinesMinimum: 4,
      queueDepthWarning: 20_000,
      visibilityTimeoutSecond: 3,
    };
    expect(() => parseConfig(wrong, undefined, "dev"))
      .to.throw("The configuration of file-search in Pulumi.dev.yaml has 11 faults:")
      .with.property("message")
      .that.includes("file-search:maxReceiveCount is 0; must be a whole number from 1 to 1000. ")
      .and.includes(
        'file-search:criticalEmails is ["nobody"]; must be a list of e-mail addresses. ' +
          "Fix: pulumi config set --path 'file-search:criticalEmails[0]' VALUE -s dev",
      )
      .and.includes("aws:region is not set; ")
      .and.includes("file-search:visibilityTimeoutSecond is 3; the project has no such key")
      .and.includes("Fix: pulumi config rm file-search:visibilityTimeoutSecond -s dev")
      .and.includes("file-search:databaseUrlParameter is not set; ")
      .and.includes('file-search:runbookBaseUrl is "http://wiki"; must be an https URL. ')
      .and.includes('file-search:language is "fr"; ')
      .and.includes('file-search:owner is "R&D"; must be 1 to 200 letters')
      .and.includes(
        "file-search:jobTimeoutSeconds is 840; must be below visibilityTimeoutSeconds (800). ",
      )
      .and.includes("file-search:machinesMinimum is 4; must be at most machinesMaximum (1). ")
      .and.includes(
        "file-search:queueDepthWarning is 20000; must be at most queueDepthCritical (10000). ",
      )
      .and.includes("Fix: pulumi config set file-search:maxReceiveCount VALUE -s dev");
  });
});
