import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { stringify } from "yaml";
import { z } from "zod";
import { commandVariable } from "../../../contracts/command";
import { checkConfiguration } from "../../../systems/configuration";
import { configurationRules } from "../../../systems/file-search/config";
import { environmentWithout, start } from "../../support/run-cli";
import { embeddedCloud } from "../../support/cloud";
import {
  projectDefaults,
  projectElsewhere,
  stackConfig,
  stackValues,
  systemFolder,
} from "../../support/system-config";

const { shape } = configurationRules;
const names = Object.keys(shape) as (keyof typeof shape)[];
const isOptional = (name: keyof typeof shape) => shape[name] instanceof z.ZodOptional;

const check = (texts: Record<string, string>) =>
  checkConfiguration(configurationRules, {
    project: "file-search",
    stack: "dev",
    texts,
    secretKeys: [],
    command: "pulumi",
  });

describe("the configuration of file-search", () => {
  it("has defaults that it accepts", () => {
    const stackMustSet = {
      "aws:region": "ap-northeast-1",
      "file-search:databaseUrlParameter": "/file-search/dev/database-url",
      "file-search:runbookBaseUrl": "https://example.com/runbooks",
    };
    const config = check({ ...projectDefaults("file-search"), ...stackMustSet });
    expect(config).to.have.all.keys(["region", ...names.filter((name) => !isOptional(name))]);
  });

  it("is accepted as the stacks have it", () => {
    expect(check(stackConfig("file-search", "dev"))).to.deep.include({
      visibilityTimeoutSeconds: 900,
      egressPorts: [443, 5432],
      protect: false,
    });
    expect(check(stackConfig("file-search", "prod"))).to.deep.include({
      machinesMaximum: 10,
      language: "ja",
      protect: true,
    });
  });

  it("names every fault at once, with key, value, rule and fix", () => {
    const wrong: Record<string, string> = {
      ...stackConfig("file-search", "dev"),
      "file-search:visibilityTimeoutSeconds": "800",
      "file-search:maxReceiveCount": "many",
      "file-search:criticalEmails": '["nobody"]',
      "file-search:runbookBaseUrl": "http://wiki",
      "file-search:language": "fr",
      "file-search:owner": "R&D",
      "file-search:egressPorts": "[443,0]",
      "file-search:machinesMinimum": "4",
      "file-search:queueDepthWarning": "20000",
      "file-search:queueDepthCritical": "10000",
      "file-search:visibilityTimeoutSecond": "3",
    };
    delete wrong["file-search:databaseUrlParameter"];
    expect(() => check(wrong))
      .to.throw("The configuration of file-search in Pulumi.dev.yaml has 11 faults:")
      .with.property("message")
      .that.includes(
        'file-search:maxReceiveCount is "many"; must be a whole number from 3 to 1000. ',
      )
      .and.includes(
        'file-search:criticalEmails is ["nobody"]; must be a list of e-mail addresses. ' +
          "Fix: pulumi config set --path 'file-search:criticalEmails[0]' VALUE -s dev",
      )
      .and.includes("file-search:visibilityTimeoutSecond is 3; nothing reads it; did you mean ")
      .and.includes("Fix: pulumi config rm file-search:visibilityTimeoutSecond -s dev")
      .and.includes("file-search:databaseUrlParameter is not set; ")
      .and.includes('file-search:runbookBaseUrl is "http://wiki"; must be an https URL. ')
      .and.includes('file-search:language is "fr"; ')
      .and.includes('file-search:owner is "R&D"; must be 1 to 200 letters')
      .and.includes("file-search:egressPorts is [443,0]; must be a whole number from 1 to 65535")
      .and.includes(
        "file-search:jobTimeoutSeconds is 840; must be below visibilityTimeoutSeconds (800). ",
      )
      .and.includes("file-search:machinesMinimum is 4; must be at most machinesMaximum (1). ")
      .and.includes(
        "file-search:queueDepthWarning is 20000; must be at most queueDepthCritical (10000). ",
      )
      .and.includes("Fix: pulumi config set file-search:maxReceiveCount VALUE -s dev");
  });

  it("ends a number out of its range as it ends one that is no number", () => {
    for (const [key, value, rule] of [
      ["visibilityTimeoutSeconds", "50000", "must be a whole number from 0 to 43200"],
      ["maxReceiveCount", "0", "must be a whole number from 3 to 1000"],
      ["maxReceiveCount", '"many"', "must be a whole number from 3 to 1000"],
      ["logRetentionDays", "31", "must be one of 1, 3, 5, 7, 14, 30"],
      ["machinesWarning", "0", "must be a whole number from 1 to 1000000"],
      ["machinesWarning", "4", "must be at most machinesCritical (3)"],
      ["queueDepthCritical", "10", "must be at least queueDepthWarning (1000)"],
      ["deadLettersWarning", "11", "must be a whole number from 1 to 10"],
      ["shutdownGraceSeconds", "7200", "must be a whole number from 0 to 7140"],
      ["instanceType", '"t4g.small"', "must be an x86 type for Linux"],
      ["egressPorts", "[5432]", "must be a list of TCP ports with 443 in it"],
    ] as const) {
      const config = {
        ...stackConfig("file-search", "dev"),
        [`file-search:${key}`]: value.replaceAll('"', ""),
      };
      expect(() => check(config), key)
        .to.throw(`file-search:${key} is ${value}; ${rule}`)
        .with.property("message")
        .that.matches(/Fix: pulumi config set (--path )?'?file-search:\S+ VALUE -s dev$/);
    }
  });

  describe("when the program runs", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "queuefleet-config-"))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    /** A preview of the program with another stack file. */
    async function preview(config: Record<string, unknown>) {
      const project = projectElsewhere(systemFolder("file-search"));
      writeFileSync(join(folder, "Pulumi.yaml"), stringify(project));
      writeFileSync(join(folder, "Pulumi.dev.yaml"), stringify({ config }));
      const environment = {
        ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
        ...(await embeddedCloud()).account().environment(),
        PULUMI_LOCAL_HOME: join(folder, "home"),
        [commandVariable]: "pulumi-local",
        NO_COLOR: "1",
      };
      return start(environment, "preview", "-s", "dev", "-C", folder).done;
    }

    it("ends it before anything is registered, with all faults and their fixes", async () => {
      const { code, stdout, stderr } = await preview({
        ...stackValues("file-search", "dev"),
        "aws:regoin": "ap-northeast-1",
        "fil-search:protect": "false",
        "file-search:queueDepthWarning": "many",
      });
      expect(code).to.equal(1);
      const said = stdout + stderr;
      expect(said)
        .to.include("The configuration of file-search in Pulumi.dev.yaml has 3 faults:")
        .and.include("aws:regoin is ")
        .and.include("did you mean aws:region? Fix: pulumi-local config rm aws:regoin -s dev && ")
        .and.include("did you mean file-search:protect? Fix: pulumi-local config rm ")
        .and.include(
          'file-search:queueDepthWarning is "many"; must be a whole number from 1 to 1000000. ',
        )
        .and.not.include("    at ");
    });
  });
});
