import type { PropertyMap } from "../../values/property-value";
import { itLives } from "./lifecycle";
import { startProvider, type ProviderUnderTest } from "./provider-under-test";

const content = (script: string) =>
  JSON.stringify({
    schemaVersion: "2.2",
    description: "Switches the bundle",
    parameters: { BundleKey: { type: "String", description: "Its key", default: "none" } },
    mainSteps: [{ action: "aws:runShellScript", name: "switch", inputs: { runCommand: [script] } }],
  });

describe("provider: SSM documents", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  itLives(
    {
      type: "aws:ssm/document:Document",
      inputs: () => ({
        name: "switch-bundle",
        documentType: "Command",
        content: content("true"),
        tags: { Project: "files" },
      }),
      outputs: () => ({
        description: "Switches the bundle",
        documentVersion: "1",
        defaultVersion: "1",
        schemaVersion: "2.2",
        parameters: [
          { name: "BundleKey", type: "String", description: "Its key", defaultValue: "none" },
        ],
      }),
      updates: (): PropertyMap[] => [
        { content: content("false") },
        { permissions: { type: "Share", account_ids: "111111111111,222222222222" } },
        { tags: { Project: "other" } },
      ],
      replacements: [{ name: "switch" }],
    },
    () => under,
  );
});
