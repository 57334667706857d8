import { expect } from "chai";
import { z } from "zod";
import { checkConfiguration, type Given } from "../../systems/configuration";

const wholeNumber = z.int("must be a whole number");
const rules = {
  shape: {
    protect: z.boolean("must be true or false"),
    queueDepthWarning: wholeNumber.optional(),
    queueDepthCritical: wholeNumber.optional(),
    machinesMinimum: wholeNumber,
    machinesMaximum: wholeNumber.max(100, "must be at most 100"),
    emails: z.array(z.email("must be addresses"), "must be addresses"),
    suffix: z.string("must be text").regex(/^[a-z-]*$/, "must be small letters"),
  },
  orders: [
    { smaller: "machinesMinimum" as const, larger: "machinesMaximum" as const, mayBeEqual: true },
    {
      smaller: "queueDepthWarning" as const,
      larger: "queueDepthCritical" as const,
      mayBeEqual: false,
    },
  ],
  exampleRegion: "ap-northeast-1",
};

const good: Record<string, string> = {
  "aws:region": "eu-west-1",
  "file-search:protect": "true",
  "file-search:machinesMinimum": "1",
  "file-search:machinesMaximum": "2",
  "file-search:emails": '["team@example.com"]',
  "file-search:suffix": "",
};

const check = (over: Record<string, string | undefined> = {}, given: Partial<Given> = {}) => {
  const texts = Object.entries({ ...good, ...over }).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, text] as const],
  );
  return checkConfiguration(rules, {
    project: "file-search",
    stack: "dev",
    texts: Object.fromEntries(texts),
    secretKeys: [],
    command: "pulumi",
    ...given,
  });
};

/** The lines of the message below its headline. */
function faultsOf(over: Record<string, string | undefined>, given: Partial<Given> = {}): string[] {
  try {
    check(over, given);
  } catch (error) {
    return (error as Error).message.split("\n").slice(1);
  }
  return [];
}

describe("the configuration of a system", () => {
  it("has the types of its shape, and the region", () => {
    expect(check({ "file-search:queueDepthWarning": "5" })).to.deep.equal({
      region: "eu-west-1",
      protect: true,
      queueDepthWarning: 5,
      machinesMinimum: 1,
      machinesMaximum: 2,
      emails: ["team@example.com"],
      suffix: "",
    });
  });

  it("leaves out what is optional and not set", () => {
    expect(check().queueDepthWarning).to.equal(undefined);
  });

  it("keeps text as text, also where it looks like JSON", () => {
    const { label } = checkConfiguration(
      { shape: { label: z.string() }, orders: [], exampleRegion: "eu-west-1" },
      {
        project: "p",
        stack: "dev",
        texts: { "aws:region": "eu-west-1", "p:label": "123" },
        secretKeys: [],
        command: "pulumi",
      },
    );
    expect(label).to.equal("123");
  });

  it("names every fault at once, each with key, value, rule and command", () => {
    const wrong = {
      "aws:region": undefined,
      "file-search:protect": "yes",
      "file-search:machinesMinimum": "-1.5",
      "file-search:machinesMaximum": "101",
      "file-search:emails": "team",
      "file-search:suffix": "A",
      "file-search:queueDepthWarning": "20",
      "file-search:queueDepthCritical": "20",
      "file-search:owners": "us",
    };
    expect(() => check(wrong)).to.throw(
      [
        "The configuration of file-search in Pulumi.dev.yaml has 8 faults:",
        "  - aws:region is not set; the program needs it for names. Fix: pulumi config set aws:region ap-northeast-1 -s dev",
        '  - file-search:owners is "us"; the project has no such key; Pulumi.yaml lists them. Fix: pulumi config rm file-search:owners -s dev',
        '  - file-search:protect is "yes"; must be true or false. Fix: pulumi config set file-search:protect VALUE -s dev',
        "  - file-search:machinesMinimum is -1.5; must be a whole number. Fix: pulumi config set file-search:machinesMinimum VALUE -s dev",
        "  - file-search:machinesMaximum is 101; must be at most 100. Fix: pulumi config set file-search:machinesMaximum VALUE -s dev",
        "  - file-search:emails is \"team\"; must be addresses. Fix: pulumi config set --path 'file-search:emails[0]' VALUE -s dev",
        '  - file-search:suffix is "A"; must be small letters. Fix: pulumi config set file-search:suffix VALUE -s dev',
        "  - file-search:queueDepthWarning is 20; must be below queueDepthCritical (20). Fix: pulumi config set file-search:queueDepthWarning VALUE -s dev",
      ].join("\n"),
    );
  });

  it("says of a key that has no value that it is not set", () => {
    expect(faultsOf({ "file-search:protect": undefined })).to.deep.equal([
      "  - file-search:protect is not set; must be true or false. Fix: pulumi config set file-search:protect VALUE -s dev",
    ]);
  });

  it("compares two numbers only where both are set", () => {
    expect(faultsOf({ "file-search:queueDepthWarning": "20000" })).to.deep.equal([]);
    expect(faultsOf({ "file-search:machinesMinimum": "2" })).to.deep.equal([]);
    expect(faultsOf({ "file-search:machinesMinimum": "3" })).to.have.length(1);
  });

  it("names the command that was used", () => {
    expect(faultsOf({ "aws:region": undefined }, { command: "pulumi-local" })[0]).to.match(
      /Fix: pulumi-local config set aws:region ap-northeast-1 -s dev$/,
    );
  });

  it("does not show a secret", () => {
    const secretKeys = ["file-search:suffix"];
    expect(faultsOf({ "file-search:suffix": "Hunter2" }, { secretKeys })).to.deep.equal([
      "  - file-search:suffix is a secret value; must be small letters. Fix: pulumi config set file-search:suffix VALUE --secret -s dev",
    ]);
    const two = { "file-search:machinesMinimum": "5", "file-search:machinesMaximum": "4" };
    expect(faultsOf(two, { secretKeys: ["file-search:machinesMaximum"] })).to.deep.equal([
      "  - file-search:machinesMinimum is 5; must be at most machinesMaximum (a secret value). Fix: pulumi config set file-search:machinesMinimum VALUE -s dev",
    ]);
  });

  it("compares a number with the default of the other one, and names the one that was set", () => {
    const withDefaults = { ...rules, defaults: { queueDepthWarning: 10, queueDepthCritical: 20 } };
    const fault = (key: string, text: string) => () =>
      checkConfiguration(withDefaults, {
        project: "file-search",
        stack: "dev",
        texts: { ...good, [`file-search:${key}`]: text },
        secretKeys: [],
        command: "pulumi",
      });
    expect(fault("queueDepthWarning", "20")).to.throw(
      "file-search:queueDepthWarning is 20; must be below queueDepthCritical (20).",
    );
    expect(fault("queueDepthCritical", "9")).to.throw(
      "file-search:queueDepthCritical is 9; must be above queueDepthWarning (10).",
    );
    expect(fault("queueDepthCritical", "11")).to.not.throw();
  });

  describe("a key with a typing error", () => {
    const meant: Record<string, string> = {
      "file-search:protct": "file-search:protect",
      "file-search:queueDepthWarn": "file-search:queueDepthWarning",
      "fil-search:protect": "file-search:protect",
      "fiel-search:nothing": "",
      "file-serach:machinesMaximun": "file-search:machinesMaximum",
      "aws:regoin": "aws:region",
      "aws:profil": "aws:profile",
      "asw:region": "aws:region",
      "AWS:region": "aws:region",
    };
    for (const [key, better] of Object.entries(meant)) {
      it(`${key} is a fault${better === "" ? "" : `; ${better} is proposed`}`, () => {
        const rule =
          better === ""
            ? "the project has no such key; Pulumi.yaml lists them."
            : `nothing reads it; did you mean ${better}?`;
        const set = better === "" ? "" : ` && pulumi config set ${better} VALUE -s dev`;
        expect(faultsOf({ [key]: "1" })).to.deep.equal([
          `  - ${key} is 1; ${rule} Fix: pulumi config rm ${key} -s dev${set}`,
        ]);
      });
    }

    it("that comes from a list's path without --path is quoted for the shell", () => {
      expect(faultsOf({ "file-search:emails[0]": "a@example.com" })[0]).to.match(
        /did you mean file-search:emails\? Fix: pulumi config rm 'file-search:emails\[0\]' -s dev && pulumi config set --path 'file-search:emails\[0\]' VALUE -s dev$/,
      );
    });
  });

  it("lets keys of other packages pass", () => {
    const others = [
      "pulumi:tags",
      "pulumi:disable-default-providers",
      "aws:profile",
      "aws:defaultTags",
      "aws:someNewKey",
      "aws-native:region",
      "gcp:region",
      "github:owner",
      "watchme:protect",
    ];
    expect(faultsOf(Object.fromEntries(others.map((key) => [key, "x"])))).to.deep.equal([]);
  });

  describe("a region", () => {
    it("that AWS does not have is a fault; the nearest one is proposed", () => {
      expect(faultsOf({ "aws:region": "eu-wset-3" })).to.deep.equal([
        '  - aws:region is "eu-wset-3"; AWS has no such region; did you mean eu-west-3? Fix: pulumi config set aws:region eu-west-3 -s dev',
      ]);
    });

    it("that is as near to others is replaced by the system's own", () => {
      expect(faultsOf({ "aws:region": "ap-northeast-9" })[0]).to.include(
        "did you mean ap-northeast-1?",
      );
    });

    it("that is like none is replaced by the system's own", () => {
      expect(faultsOf({ "aws:region": "tokyo" })).to.deep.equal([
        '  - aws:region is "tokyo"; AWS has no such region. Fix: pulumi config set aws:region ap-northeast-1 -s dev',
      ]);
    });

    it("that is too new for the list passes with the provider's skipRegionValidation", () => {
      expect(
        faultsOf({ "aws:region": "ap-north-7", "aws:skipRegionValidation": "true" }),
      ).to.deep.equal([]);
    });
  });
});
