import pulumi from "@pulumi/eslint-plugin";
import { defineConfig } from "eslint/config";
import boundaries from "eslint-plugin-boundaries";
import tseslint from "typescript-eslint";

/** The arrows of the house: what a folder may import besides itself and npm packages. */
const arrows = {
  contracts: [],
  components: ["contracts"],
  systems: ["components", "contracts"],
  policy: [],
  worker: ["contracts"],
  local: [],
  rehearsal: ["contracts", "local", "systems"],
  bench: ["contracts", "worker", "local"],
  tests: ["contracts", "components", "systems", "policy", "worker", "local", "rehearsal"],
};

export default defineConfig(
  { ignores: ["node_modules/", ".local/", "**/.build/", "tests/fixtures/"] },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "@pulumi": pulumi, boundaries },
    settings: {
      "import/resolver": { node: { extensions: [".ts", ".js", ".json"] } },
      "boundaries/elements": Object.keys(arrows).map((folder) => ({
        type: folder,
        partialMatch: false,
        pattern: `${folder}/**`,
      })),
    },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/prefer-nullish-coalescing": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-require-imports": ["error", { allowAsImport: true }],
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: Object.entries(arrows).map(([from, allow]) => ({
            from: { element: { type: from } },
            allow: [from, ...allow].map((type) => ({ to: { element: { type } } })),
          })),
        },
      ],
    },
  },
);
