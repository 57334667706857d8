/** Which folders a folder may import, besides itself and npm packages. Imports of types count too, so
 *  dependency-cruiser checks this: ESLint and knip find only cycles of values. */
const arrows = {
  start: [],
  contracts: [],
  components: ["contracts"],
  systems: ["start", "components", "contracts"],
  policy: [],
  worker: ["contracts"],
  local: ["start", "contracts"],
  ops: ["start", "contracts"],
  rehearsal: ["contracts", "local", "systems"],
  bench: ["contracts", "worker", "local"],
};
const house = [...Object.keys(arrows), "tests"];

/** The folders of the engine in `local/`. Each may import the folders before it in this list. */
const engine = [
  "process",
  "values",
  "state",
  "provider-client",
  "steps",
  "policy",
  "decide",
  "program",
  "operation",
];

/** All folders of `local/`. */
const steps = {
  ...Object.fromEntries(engine.map((name, index) => [name, engine.slice(0, index)])),
  provider: ["process", "values"],
  cloud: ["process"],
  alarms: ["process", "cloud"],
  fleet: ["process", "cloud"],
  keeper: ["process", "cloud", "alarms", "fleet"],
  cli: [...engine, "cloud", "keeper"],
  bin: ["process", "cli"],
};

const under = (folders) => `^(${folders.join("|")})/`;
const inLocal = (name) => `local/${name}`;

export default {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    ...Object.entries(arrows).map(([folder, allowed]) => ({
      name: `arrows-of-${folder}`,
      severity: "error",
      from: { path: under([folder]), pathNot: under(["local/tests"]) },
      to: { path: under(house), pathNot: under([folder, ...allowed]) },
    })),
    ...Object.entries(steps).map(([name, allowed]) => ({
      name: `arrows-of-local-${name}`,
      severity: "error",
      from: { path: under([inLocal(name)]) },
      to: {
        path: under(["local"]),
        // Each may read the version of the package.
        pathNot: [under([name, ...allowed].map(inLocal)), "^local/package\\.json$"],
      },
    })),
    {
      name: "local-has-named-folders",
      comment: "Add the new folder of local/ to `steps` above.",
      severity: "error",
      from: {
        path: under(["local"]),
        pathNot: under([...Object.keys(steps), "tests"].map(inLocal)),
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^(docs|\\.local)|\\.build)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
